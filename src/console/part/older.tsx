// The way through a long list, page by page: on, and back to where it begins. Each page is a step to go back to.

import { Icon } from './icon.tsx'
import { place, stepTo } from './place.ts'

/** In the order of what is asked for: the newest first, or what was found first. */
const WORDS = {
  before: { first: 'Newest', on: 'Older' },
  after: { first: 'First', on: 'More' },
} as const

interface OlderProps {
  readonly what: string
  /** Where the list goes on; null: it ends here, or nobody knows yet. */
  readonly next: string | null
  /** All there are, in words. */
  readonly all?: string
  readonly by?: keyof typeof WORDS
}

/** What of the address does not hold for other things than those it was turned through. */
export const TO_NEWEST = { before: '' } as const

export function Older({ what, next, all, by = 'before' }: OlderProps) {
  const isFirst = !place.value.asked.get(by)
  if (isFirst && next === null) return null
  const { first, on } = WORDS[by]
  const turn = (mark: string) => {
    stepTo({ [by]: mark })
    document.querySelector('h1')?.scrollIntoView({ block: 'center' })
  }
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      <button type="button" aria-disabled={isFirst || undefined} onClick={() => isFirst || turn('')}>
        <Icon name="back" /> {first}
      </button>
      {all !== undefined && <p>{all}</p>}
      <button type="button" aria-disabled={next === null || undefined} onClick={() => next === null || turn(next)}>
        {on} <Icon name="forward" />
      </button>
    </nav>
  )
}
