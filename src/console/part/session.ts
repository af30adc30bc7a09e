// Who uses the page. Only what their role may do is offered; the server refuses the rest anyway.

import { computed, signal } from '@preact/signals'
import type { SessionView } from '../../control/session-view.ts'
import { mayActAs, type Role } from '../../core/role.ts'
import { ask, send, whenSignedOut } from './api.ts'
import { ApiError } from './api-error.ts'

/** Null: not known yet. */
export const session = signal<SessionView | 'nobody' | null>(null)
export const sessionFault = signal<ApiError | null>(null)

const role = computed(() => (session.value === null || session.value === 'nobody' ? null : session.value.role))

whenSignedOut(() => {
  session.value = 'nobody'
})

export function may(needed: Role): boolean {
  return role.value !== null && mayActAs(role.value, needed)
}

export async function openSession(): Promise<void> {
  sessionFault.value = null
  try {
    session.value = await ask<SessionView>('/api/session')
  } catch (error) {
    if (error instanceof ApiError && error.status !== 401) sessionFault.value = error
  }
}

export async function signIn(token: string): Promise<void> {
  session.value = await send<SessionView>('POST', '/api/session', { token })
}

export async function signOut(): Promise<void> {
  await send('DELETE', '/api/session')
  session.value = 'nobody'
}
