// Where rows of an import are put: a table, and a connection that stands within a transaction.

import type { TargetTable } from '../../../core/connector.ts'
import type { Session } from '../session.ts'
import type { TargetColumn, TargetShape } from '../target-column.ts'
import type { TargetTables } from '../target-tables.ts'
import { KEPT } from './standing-row.ts'

export interface Putting {
  readonly session: Session
  readonly shape: TargetShape
  /** Those of the fields. */
  readonly columns: readonly TargetColumn[]
  readonly isMariadb: boolean
  readonly locks: boolean
  /** Which rows a run has met is noted: the others are swept when it ends. */
  readonly keepsSeen: boolean
  /** Each run fills it anew, and puts it in its place at its end. */
  readonly isRebuilt: boolean
  /** Where others fill the table too: how rows say whose they are. */
  readonly shared: TargetTable['shared'] | undefined
}

export interface Place extends Pick<Putting, 'session' | 'isMariadb' | 'locks'> {
  readonly targets: TargetTables
}

export async function puttingInto(table: string, { targets, ...place }: Place): Promise<Putting> {
  const { owns, keepsSeen = false, isRebuilt = false, shared } = targets.target(table)
  const shape = await targets.shape(place.session, table, [...owns, ...KEPT])
  const columns = owns.flatMap((name) => shape.columns.get(name) ?? [])
  return { ...place, shape, columns, keepsSeen, isRebuilt, shared }
}
