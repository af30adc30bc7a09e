// Whoever asks, as the console shows them.

import { z } from 'zod'
import { ROLES } from '../core/role.ts'
import type { Caller } from './caller.ts'

export const SessionView = z.object({ name: z.string(), role: z.enum(ROLES), by: z.enum(['token', 'local']) })
export type SessionView = z.infer<typeof SessionView>

export function sessionView({ name, role, by }: Caller): SessionView {
  return { name, role, by }
}
