// A wide table in a narrow place: it scrolls by itself, also by the keyboard.

import type { ComponentChildren } from 'preact'

export function ScrollFrame({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls what has the focus
    <section class="table-frame scroll" tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
