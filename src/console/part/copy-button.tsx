// Puts a text where it can be pasted from.

import { useSignal } from '@preact/signals'
import { Icon } from './icon.tsx'
import { tell } from './toast-list.ts'

const SHOWN_MS = 2_000

export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const isCopied = useSignal(false)
  const copy = async () => {
    if (!(await isPut(text))) {
      tell('This browser does not let the page copy: mark the text and copy it by hand')
      return
    }
    isCopied.value = true
    setTimeout(() => {
      isCopied.value = false
    }, SHOWN_MS)
  }
  return (
    <button type="button" class="bare" aria-label={label} onClick={() => void copy()}>
      <Icon name={isCopied.value ? 'check' : 'copy'} />
      <span aria-live="polite">{isCopied.value ? 'Copied' : 'Copy'}</span>
    </button>
  )
}

/** Over plain HTTP from another machine there is no clipboard for pages, nor is there where people forbade it. */
function isPut(text: string): Promise<boolean> {
  const clipboard: Clipboard | undefined = navigator.clipboard
  if (clipboard === undefined) return Promise.resolve(false)
  return clipboard.writeText(text).then(
    () => true,
    () => false,
  )
}
