// What is typed and sent from a dialog. Enter presses its submitting button, which does the sending.

import type { ComponentChildren } from 'preact'

export function Form({ children }: { readonly children: ComponentChildren }) {
  return (
    <form class="form" noValidate onSubmit={(event) => event.preventDefault()}>
      {children}
    </form>
  )
}
