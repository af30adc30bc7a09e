// Says that the server is away, since when, and that it is back.

import { useSignal, useSignalEffect } from '@preact/signals'
import { returns, silentSince } from './connection.ts'
import { clockTime } from './moments.ts'

const BACK_SHOWN_MS = 4_000

export function Connection() {
  const isBack = useSignal(false)
  useSignalEffect(() => {
    if (returns.value === 0) return
    isBack.value = true
    const timer = setTimeout(() => {
      isBack.value = false
    }, BACK_SHOWN_MS)
    return () => clearTimeout(timer)
  })
  const since = silentSince.value
  return (
    <div class="connection" role="status" aria-live="polite">
      {since !== null && (
        <p class="connection-bar bad">
          No answer from the server since <time dateTime={since.toISOString()}>{clockTime(since)}</time>. What you see
          is from before; trying again.
        </p>
      )}
      {since === null && isBack.value && <p class="connection-bar good">The server is back.</p>}
    </div>
  )
}
