// Makes the tables that connectors bring along, or takes them back, and puts on record who did.

import { randomUUID } from 'node:crypto'
import type { Clock } from '../pipeline/clock.ts'
import type { Resources } from './resources.ts'

export interface MigratePlace {
  readonly resources: Pick<Resources, 'migrate' | 'trail'>
  readonly clock: Clock
}

export interface Migrating {
  readonly direction: 'up' | 'down'
  readonly by: string
  /** Nobody asked: that there was nothing to do need not be told. */
  readonly isUnasked?: boolean
}

/** The names of what was carried out. */
export async function migrateTables(
  { resources, clock }: MigratePlace,
  { direction, by, isUnasked = false }: Migrating,
): Promise<readonly string[]> {
  const made = await resources.migrate(direction)
  if (isUnasked && made.length === 0) return made
  const about = { who: by, what: 'table-migration', run: null, atMs: clock.nowMs() }
  const details = { direction, carried_out: made }
  await resources.trail?.write({ id: `migration ${randomUUID()}`, ...about, details })
  return made
}
