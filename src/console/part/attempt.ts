// Sends something that a person asked for, and keeps what was wrong with it where the person sees it.

import { type ReadonlySignal, useSignal } from '@preact/signals'
import { ApiError } from './api-error.ts'

export interface Attempt {
  readonly fault: ReadonlySignal<ApiError | null>
  /** Null when it was refused. */
  readonly attempt: <Answer>(act: () => Promise<Answer>) => Promise<Answer | null>
}

export function useAttempt(): Attempt {
  const fault = useSignal<ApiError | null>(null)
  return {
    fault,
    attempt: async (act) => {
      fault.value = null
      try {
        return await act()
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        fault.value = error
        return null
      }
    },
  }
}
