// Asks for a token, once: from then on the browser's session speaks for it.

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { ApiError } from './part/api-error.ts'
import { signIn } from './part/session.ts'

export function SignIn() {
  const token = useSignal('')
  const fault = useSignal<ApiError | null>(null)
  const isBusy = useSignal(false)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  const enter = async (event: Event) => {
    event.preventDefault()
    isBusy.value = true
    fault.value = null
    try {
      await signIn(token.value)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      fault.value = error
      field.current?.focus()
    } finally {
      isBusy.value = false
    }
  }
  const isWrong = fault.value !== null
  return (
    <main class="sign-in">
      <form onSubmit={(event) => void enter(event)}>
        <h1>millrace</h1>
        <p class="quiet">
          Sign in with one of the tokens in <code>MILLRACE_TOKENS</code>.
        </p>
        <label for="token">Token</label>
        <input
          ref={field}
          id="token"
          type="password"
          autocomplete="current-password"
          required
          value={token.value}
          aria-invalid={isWrong}
          aria-describedby={isWrong ? 'token-fault' : undefined}
          onInput={({ currentTarget }) => (token.value = currentTarget.value)}
        />
        {fault.value !== null && (
          <p id="token-fault" class="fault" role="alert">
            {fault.value.message}. {fault.value.hint}
          </p>
        )}
        <button type="submit" class="primary" disabled={isBusy.value} aria-busy={isBusy.value}>
          Sign in
        </button>
      </form>
    </main>
  )
}
