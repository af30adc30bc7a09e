// A question in the middle of the page: the browser's own dialog, which keeps the focus inside and gives it back.

import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from './icon.tsx'

export interface DialogProps {
  readonly title: string
  readonly close: () => void
  readonly children: ComponentChildren
  readonly isWide?: boolean
}

export function Dialog({ title, close, children, isWide }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  const isGone = useRef(false)
  useLayoutEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    return () => {
      // Whoever takes the dialog away has closed it already; only the browser's own closing gives the focus back.
      isGone.current = true
      dialog?.close()
    }
  }, [])
  const closed = () => {
    if (!isGone.current) close()
  }
  return (
    <dialog ref={ref} class={isWide ? 'wide' : ''} aria-labelledby={id} onClose={closed}>
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        <button type="button" class="bare" aria-label="Close" onClick={() => ref.current?.close()}>
          <Icon name="close" />
        </button>
      </div>
      {children}
    </dialog>
  )
}
