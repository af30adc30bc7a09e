// What an import would do to rows as they stand now; nothing is locked or written. Each write is looked at by itself.

import type { Merge, Remove } from '../../../core/write.ts'
import { Rejection } from '../../rejection.ts'
import type { Outcome, PlacedWrite } from '../../sink.ts'
import { rejected } from '../decide-call.ts'
import { type RowKey, rowKey } from '../row-key.ts'
import type { Session } from '../session.ts'
import type { TargetTables } from '../target-tables.ts'
import { decidePut } from './decide-put.ts'
import { loadGone } from './gone-table.ts'
import { loadStanding } from './load-standing.ts'
import { puttingInto } from './putting.ts'
import { type EnteredRun, enteredRuns } from './runs-table.ts'
import type { StandingRow } from './standing-row.ts'

export interface Foreseeing {
  readonly session: Session
  readonly isMariadb: boolean
  readonly targets: TargetTables
}

/** It will be newer than any that has been here. */
const TO_COME = { run: '', number: Number.MAX_SAFE_INTEGER, isUndone: false } as const

export async function foreseePuts(place: Foreseeing, placed: readonly PlacedWrite[]): Promise<readonly Outcome[]> {
  const outcomes = new Map<PlacedWrite, Outcome>()
  const runs = await enteredRuns(place.session, [...new Set(placed.flatMap(({ broughtBy }) => broughtBy ?? []))])
  for (const [table, ofTable] of Map.groupBy(placed, ({ write }) => write.table)) {
    const by = await puttingInto(table, { ...place, locks: false })
    const keys = new Map<PlacedWrite, RowKey>()
    const trying = (one: PlacedWrite, work: () => Outcome | null) => {
      try {
        const outcome = work()
        if (outcome !== null) outcomes.set(one, outcome)
      } catch (error) {
        if (!(error instanceof Rejection)) throw error
        outcomes.set(one, rejected(place.targets.checked(one.write), error))
      }
    }
    for (const one of ofTable)
      trying(one, () => {
        keys.set(one, rowKey(by.shape, place.targets.checked(one.write).key))
        return null
      })
    const rows = await loadStanding(by, [...keys.values()], null)
    await loadGone(by, rows.values())
    for (const [one, { text }] of keys) {
      const row = rows.get(text)
      if (row !== undefined) trying(one, () => foreseen(row, one, runs.get(one.broughtBy ?? '') ?? TO_COME))
    }
  }
  return placed.map((one) => outcomes.get(one) ?? { did: 'stale' })
}

/** The row stays as it was found, for those that come after. */
function foreseen(row: StandingRow, { write, position, run }: PlacedWrite, by: EnteredRun): Outcome {
  const { now, gone } = row
  try {
    return decidePut(row, { write: write as Merge | Remove, position, by, isReplay: run !== undefined })
  } finally {
    Object.assign(row, { now, gone })
  }
}
