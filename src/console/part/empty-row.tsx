// A table without rows says why.

import type { ComponentChildren } from 'preact'

export function EmptyRow({ columns, children }: { readonly columns: number; readonly children: ComponentChildren }) {
  return (
    <tr>
      <td colSpan={columns} class="empty">
        {children}
      </td>
    </tr>
  )
}
