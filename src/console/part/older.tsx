// The way through a long list whose newest come first: on to older ones, and back to the newest. Each page is a step to go
// back to.

import { Icon } from './icon.tsx'
import { place, stepTo } from './place.ts'

interface OlderProps {
  readonly what: string
  /** Where older ones go on; null: there are none, or nobody knows yet. */
  readonly next: string | null
  /** All there are, in words. */
  readonly all?: string
}

/** What of the address does not hold for other things than those it was turned through. */
export const TO_NEWEST = { before: '' } as const

export function Older({ what, next, all }: OlderProps) {
  const isNewest = !place.value.asked.get('before')
  if (isNewest && next === null) return null
  const turn = (before: string) => {
    stepTo({ before })
    document.querySelector('h1')?.scrollIntoView({ block: 'center' })
  }
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      <button type="button" aria-disabled={isNewest || undefined} onClick={() => isNewest || turn('')}>
        <Icon name="back" /> Newest
      </button>
      {all !== undefined && <p>{all}</p>}
      <button type="button" aria-disabled={next === null || undefined} onClick={() => next === null || turn(next)}>
        Older <Icon name="forward" />
      </button>
    </nav>
  )
}
