// Makes the tables that connectors bring along, or takes them back, and puts on record who did.

import { randomUUID } from 'node:crypto'
import { auditRecord } from '../pipeline/audit-record.ts'
import type { Clock } from '../pipeline/clock.ts'
import { decideAlone } from '../pipeline/decide-alone.ts'
import { declaredTopics } from '../pipeline/topics.ts'
import type { Resources } from './resources.ts'

export interface MigratePlace {
  readonly resources: Pick<Resources, 'migrate' | 'imports' | 'log' | 'codecs'>
  readonly clock: Clock
}

export interface Migrating {
  readonly direction: 'up' | 'down'
  readonly by: string
  /** Nobody asked: that there was nothing to do need not be told. */
  readonly isUnasked?: boolean
}

const WRITER = 'millrace.migrations'

/** The names of what was carried out. */
export async function migrateTables(
  { resources, clock }: MigratePlace,
  { direction, by, isUnasked = false }: Migrating,
): Promise<readonly string[]> {
  const made = await resources.migrate(direction)
  if (isUnasked && made.length === 0) return made
  const { log, codecs, imports } = resources
  const details = { direction, carried_out: made }
  const deed = { id: `migration ${randomUUID()}`, who: by, run: null, atMs: clock.nowMs(), details }
  await imports.trail?.write({ ...deed, what: 'table-migration' })
  // At a start the log may not be there yet, and nobody has ordered it.
  if (isUnasked) return made
  const record = await auditRecord(codecs.records, { ...deed, what: 'migrate' })
  await log.declare(declaredTopics([], 1))
  await decideAlone(log, WRITER, (writer) => writer.append([record]))
  return made
}
