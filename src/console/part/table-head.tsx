// What the columns of a table are.

import type { ComponentChildren } from 'preact'

export type Column = string | { readonly title: string; readonly kind: 'number' | 'act' }

interface TableHeadProps {
  readonly columns: readonly Column[]
  /** Chooses all rows, where rows are chosen. */
  readonly tick?: ComponentChildren
}

export function TableHead({ columns, tick }: TableHeadProps) {
  return (
    <thead>
      <tr>
        {tick !== undefined && (
          <th scope="col" class="tick">
            {tick}
          </th>
        )}
        {columns.map((column) => {
          const { title, kind } = typeof column === 'string' ? { title: column, kind: undefined } : column
          return (
            <th key={title} scope="col" class={kind}>
              {title}
            </th>
          )
        })}
      </tr>
    </thead>
  )
}
