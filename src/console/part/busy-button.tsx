// A button that is at work while what it asked for is.

import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'

export interface BusyButtonProps {
  readonly act: () => Promise<unknown>
  readonly children: ComponentChildren
  /** At work for another reason. */
  readonly isBusy?: boolean
  readonly isDisabled?: boolean
  readonly kind?: 'primary' | 'danger' | 'plain'
  readonly label?: string
  /** Enter in a field of its form presses it. */
  readonly submits?: boolean
}

export function BusyButton({ act, children, isBusy, isDisabled, kind = 'plain', label, submits }: BusyButtonProps) {
  const isActing = useSignal(false)
  const busy = isActing.value || isBusy === true
  const press = async () => {
    if (busy) return
    isActing.value = true
    try {
      await act()
    } finally {
      isActing.value = false
    }
  }
  return (
    <button
      type={submits ? 'submit' : 'button'}
      class={kind}
      disabled={isDisabled}
      // Not disabled: that would take the focus from whoever has just pressed it.
      aria-disabled={busy || undefined}
      aria-busy={busy}
      aria-label={label}
      onClick={() => void press()}
    >
      {busy && <span class="spinner" aria-hidden="true" />}
      {children}
    </button>
  )
}
