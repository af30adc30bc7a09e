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
}

export function BusyButton({ act, children, isBusy, isDisabled, kind = 'plain', label }: BusyButtonProps) {
  const isActing = useSignal(false)
  const busy = isActing.value || isBusy === true
  const press = async () => {
    isActing.value = true
    try {
      await act()
    } finally {
      isActing.value = false
    }
  }
  return (
    <button
      type="button"
      class={kind}
      disabled={busy || isDisabled}
      aria-busy={busy}
      aria-label={label}
      onClick={() => void press()}
    >
      {busy && <span class="spinner" aria-hidden="true" />}
      {children}
    </button>
  )
}
