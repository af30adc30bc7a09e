// Asks the API, as the session of this browser. Whoever answers shows that the server is there; whoever is told that there
// is no session any more is asked to sign in.

import { ApiError } from './api-error.ts'
import { heard, missed } from './connection.ts'

const TIMEOUT_MS = 30_000

let onSignedOut: () => void = () => undefined

/** What happens when an answer says that nobody is signed in. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act
}

export function ask<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return request<Answer>('GET', path, { signal })
}

export type Method = 'POST' | 'PATCH' | 'DELETE' | 'PUT'

export function send<Answer>(method: Method, path: string, body?: object): Promise<Answer> {
  return request<Answer>(method, path, { body })
}

interface Sent {
  readonly body?: object | undefined
  readonly signal?: AbortSignal | undefined
}

async function request<Answer>(method: string, path: string, { body, signal }: Sent): Promise<Answer> {
  const within = AbortSignal.timeout(TIMEOUT_MS)
  const response = await reach(path, {
    method,
    signal: signal === undefined ? within : AbortSignal.any([signal, within]),
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const answer: unknown = response.status === 204 ? null : await response.json().catch(() => null)
  if (response.ok) return answer as Answer
  const error = new ApiError(response.status, toldIn(answer, response.status))
  if (response.status === 401 && error.code === 'TOKEN_MISSING') onSignedOut()
  throw error
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    const response = await fetch(path, init)
    heard()
    return response
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    missed()
    const hint = 'The page goes on trying. See whether `millrace start` runs, and whether this machine reaches it.'
    throw new ApiError(0, { code: 'NO_ANSWER', message: 'the server does not answer', hint })
  }
}

function toldIn(answer: unknown, status: number): { code: string; message: string; hint: string } {
  const { error } = (answer ?? {}) as { error?: { code?: unknown; message?: unknown; hint?: unknown } }
  return {
    code: String(error?.code ?? `HTTP_${status}`),
    message: String(error?.message ?? `the server answered ${status}`),
    hint: String(error?.hint ?? 'See the log of the server.'),
  }
}
