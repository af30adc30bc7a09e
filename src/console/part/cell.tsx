// What a row has in one column. Where there is no room for columns, it says which.

import type { ComponentChildren } from 'preact'

interface CellProps {
  readonly of: string
  /** words: of any length. */
  readonly kind?: 'number' | 'words'
  readonly children: ComponentChildren
}

export function Cell({ of, kind, children }: CellProps) {
  return (
    <td class={kind} data-of={of}>
      {children}
    </td>
  )
}
