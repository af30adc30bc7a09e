// What a page shows of the API: asked for at once, and again every so often while somebody looks. What was heard stays until
// there is something newer.

import { type ReadonlySignal, useSignal, useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { ask } from './api.ts'
import { ApiError } from './api-error.ts'
import { returns } from './connection.ts'

export interface Asked<Answer> {
  readonly data: Answer | null
  /** Why there is nothing newer. */
  readonly error: ApiError | null
  /** Now, and not when it is due. */
  readonly again: () => void
}

/** Of the path that it names just now; null asks for nothing. */
export function useAsked<Answer>(path: ReadonlySignal<string | null>, everyMs: ReadonlySignal<number>): Asked<Answer> {
  const data = useSignal<Answer | null>(null)
  const error = useSignal<ApiError | null>(null)
  const turn = useSignal(0)
  const isHasty = useRef(false)
  useSignalEffect(() => {
    const asking = path.value
    // Whichever of them changes, it is asked for again.
    returns.value
    turn.value
    if (asking === null) return
    const ending = new AbortController()
    const look = async () => {
      while (!ending.signal.aborted) {
        if (!document.hidden || isHasty.current) await take(asking, ending.signal)
        isHasty.current = false
        await pause(everyMs.peek(), ending.signal)
      }
    }
    const take = async (from: string, signal: AbortSignal) => {
      try {
        const answer = await ask<Answer>(from, signal)
        if (signal.aborted) return
        data.value = answer
        error.value = null
      } catch (fault) {
        if (!signal.aborted) error.value = fault instanceof ApiError ? fault : null
      }
    }
    void look()
    return () => ending.abort()
  })
  const again = () => {
    isHasty.current = true
    turn.value++
  }
  return { data: data.value, error: error.value, again }
}

/** Until then, until it is over, or until somebody looks at the page again. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', end)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    document.addEventListener('visibilitychange', end)
    signal.addEventListener('abort', end)
  })
}
