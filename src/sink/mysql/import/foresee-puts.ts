// What an import would do to rows as they stand now; nothing is locked or written.

import type { Merge, Remove } from '../../../core/write.ts'
import { Rejection } from '../../rejection.ts'
import type { Outcome, PlacedWrite } from '../../sink.ts'
import { rejected } from '../decide-call.ts'
import { rowKey } from '../row-key.ts'
import type { Session } from '../session.ts'
import type { TargetTables } from '../target-tables.ts'
import { decidePut } from './decide-put.ts'
import { loadStanding } from './load-standing.ts'
import { puttingInto } from './putting.ts'

export interface Foreseeing {
  readonly session: Session
  readonly isMariadb: boolean
  readonly targets: TargetTables
}

export async function foreseePuts(
  { session, isMariadb, targets }: Foreseeing,
  writes: readonly PlacedWrite[],
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const placed of writes) {
    const write = targets.checked(placed.write) as Merge | Remove
    const by = await puttingInto(write.table, { session, targets, isMariadb, locks: false })
    try {
      const key = rowKey(by.shape, write.key)
      const rows = await loadStanding(by, [key], null)
      const row = rows.get(key.text)
      outcomes.push(row === undefined ? { did: 'stale' } : decidePut(row, write, placed))
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      outcomes.push(rejected(write, error))
    }
  }
  return outcomes
}
