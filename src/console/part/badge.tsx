// A state in a word, with a colour that says the same.

import type { ComponentChildren } from 'preact'

export type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'calm'

export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return (
    <span class={`badge ${tone}`}>
      <span class="dot" aria-hidden="true" />
      {children}
    </span>
  )
}
