// What has just happened, told in passing. What went wrong stays until somebody has read it.

import { signal } from '@preact/signals'
import { ApiError } from './api-error.ts'

export interface Toast {
  readonly id: number
  readonly kind: 'good' | 'bad'
  readonly text: string
  /** What to do about it. */
  readonly hint: string | null
}

const SHOWN_MS = 6_000
const KEPT_MAX = 3

export const toasts = signal<readonly Toast[]>([])
let lastId = 0

export function tell(text: string): void {
  const id = add({ kind: 'good', text, hint: null })
  setTimeout(() => dismiss(id), SHOWN_MS)
}

export function tellFault(what: string, error: unknown): void {
  if (!(error instanceof ApiError)) throw error
  add({ kind: 'bad', text: `${what}: ${error.message} (${error.code})`, hint: error.hint })
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}

function add(toast: Omit<Toast, 'id'>): number {
  lastId++
  toasts.value = [...toasts.value, { ...toast, id: lastId }].slice(-KEPT_MAX)
  return lastId
}
