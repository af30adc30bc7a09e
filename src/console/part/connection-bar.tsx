// Says that the server is away, since when, and that it is back.

import { useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { returns, silentSince } from './connection.ts'
import { clockTime } from './moments.ts'

const BACK_SHOWN_MS = 4_000

export function Connection() {
  const bar = useRef<HTMLDivElement>(null)
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
  const isShown = since !== null || isBack.value
  // Above a dialog, too, which was there before.
  useEffect(() => {
    if (isShown) bar.current?.showPopover()
    else bar.current?.hidePopover()
  }, [isShown])
  return (
    <div ref={bar} class="connection" role="status" aria-live="polite" popover="manual">
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
