// Shows what has just happened, and has it read out.

import { Icon } from './icon.tsx'
import { dismiss, toasts } from './toast-list.ts'

export function Toasts() {
  return (
    <section class="toasts" aria-label="Messages" aria-live="polite">
      {toasts.value.map(({ id, kind, text, hint }) => (
        <div key={id} class={`toast ${kind}`}>
          <Icon name={kind === 'good' ? 'check' : 'alert'} />
          <div class="toast-text">
            <p>{text}</p>
            {hint !== null && <p class="quiet">{hint}</p>}
          </div>
          <button type="button" class="bare" aria-label="Dismiss" onClick={() => dismiss(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </section>
  )
}
