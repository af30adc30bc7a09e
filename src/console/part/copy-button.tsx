// Puts a text where it can be pasted from.

import { useSignal } from '@preact/signals'
import { Icon } from './icon.tsx'

const SHOWN_MS = 2_000

export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const isCopied = useSignal(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
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
