// Which part of a long list is shown, and the way to the others.

import { count } from './figures.ts'
import { Icon } from './icon.tsx'

export interface PagerProps {
  readonly from: number
  readonly size: number
  readonly of: number
  readonly go: (from: number) => void
  readonly what: string
}

export function Pager({ from, size, of, go, what }: PagerProps) {
  const last = Math.min(from + size, of)
  const [isFirst, isLast] = [from === 0, last >= of]
  const turn = (to: number) => {
    go(to)
    document.querySelector('h1')?.scrollIntoView({ block: 'center' })
  }
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      <button
        type="button"
        aria-disabled={isFirst || undefined}
        onClick={() => isFirst || turn(Math.max(0, from - size))}
      >
        <Icon name="back" /> Previous
      </button>
      <p>{of === 0 ? 'None' : `${count(from + 1)}–${count(last)} of ${count(of)}`}</p>
      <button type="button" aria-disabled={isLast || undefined} onClick={() => isLast || turn(from + size)}>
        Next <Icon name="forward" />
      </button>
    </nav>
  )
}
