// Tells the ledger of an import: that it has begun, how it goes, how it ended, and which rows were set aside.

import { deadLetterKey } from '../core/dead-letter.ts'
import type { ChangeEvent } from '../core/event.ts'
import { placeOf } from '../core/import-from.ts'
import { PLACE_COLUMN, SAID_COLUMN, SAME_KEY } from '../core/imported-row.ts'
import type { CheckResult } from '../core/integrity.ts'
import { type RunFault, type RunState, readRunTag, type Tally } from '../core/run.ts'
import type { SetAsideCategory } from '../core/set-aside.ts'
import { tableTopic } from '../core/topic.ts'
import { asNumber, asText } from '../core/value.ts'
import type { ImportCounts, ImportLedger, SetAside } from '../sink/import-ledger.ts'
import type { Clock } from './clock.ts'
import type { DeadLetters, ReadLetter } from './dead-letters.ts'
import { importedTables, importParts } from './import-scope.ts'
import type { Imported } from './observer.ts'
import type { RunEnd, RunWork } from './run-work.ts'

export interface ImportRecordOptions {
  readonly ledger: ImportLedger
  readonly letters: (signal: AbortSignal) => Pick<DeadLetters, 'each'>
  readonly clock: Clock
}

export interface ImportStands {
  readonly state: RunState
  readonly fault?: RunFault | null
  readonly integrity?: readonly CheckResult[] | null
}

const ERRORS_AT_ONCE = 500

/** As the run stands; comes again, each time with the newest. */
export async function recordImport(
  { ledger, clock }: ImportRecordOptions,
  work: RunWork,
  { state, fault = null, integrity = null }: ImportStands,
): Promise<Tally> {
  const { order, progress } = work
  const parts = importParts(order)
  const tables = importedTables(order)
  const tally = await work.tally()
  const isOver = state !== 'running' && state !== 'paused' && state !== 'queued'
  await ledger.write({
    ...{ id: order.id, connector: order.connector, by: order.by, orderedAtMs: order.orderedAtMs },
    ...{
      sourceType: parts[0]?.from.kind ?? '',
      source: [...new Set(parts.map(({ from }) => placeOf(from)))].join(', '),
      tables,
      state,
      fault,
      integrity,
    },
    ...{ rows: progress.rows, startedAtMs: progress.startedAtMs },
    ...{ endedAtMs: isOver ? clock.nowMs() : null, counts: countsOf(tally, tables) },
  })
  return tally
}

/** Comes last, and again when a crash was faster. */
export async function concludeImport(
  options: ImportRecordOptions,
  work: RunWork,
  { state, fault, integrity }: Required<ImportStands> & { readonly state: RunEnd },
): Promise<Imported> {
  const { order, progress } = work
  const setAside = new Map<SetAsideCategory, number>()
  for (const table of importedTables(order)) await recordRejected(options, work, { table, setAside })
  const tally = await recordImport(options, work, { state, fault, integrity })
  const rows = importedTables(order).flatMap((table) => rowsOf(table, tally))
  const imported = { connector: order.connector, rows, setAside }
  if (state !== 'done') return imported
  const took = { atMs: order.orderedAtMs, tookMs: options.clock.nowMs() - progress.startedAtMs }
  const reached = importedTables(order).map((table) => {
    return {
      connector: order.connector,
      table,
      run: order.id,
      version: null,
      records: recordsOf(countsOf(tally, [table])),
      ...took,
    }
  })
  await options.ledger.reached(reached)
  return imported
}

function rowsOf(table: string, tally: Tally): Imported['rows'] {
  const { stale: _, rejected: __, ...changes } = countsOf(tally, [table])
  return Object.entries(changes).map(([did, count]) => ({ table, did, count }))
}

/** Those that are there now. */
function recordsOf({ inserted, updated, unchanged }: ImportCounts): number {
  return inserted + updated + unchanged
}

async function recordRejected(
  { ledger, letters }: ImportRecordOptions,
  { order, signal }: RunWork,
  { table, setAside: counts }: { table: string; setAside: Map<SetAsideCategory, number> },
): Promise<void> {
  const topics = [tableTopic({ source: 'import', name: order.connector }, '', table)]
  let rows: SetAside[] = []
  for await (const { letter, event } of letters(signal).each({ connector: order.connector, topics })) {
    if (event === null || runOf(event) !== order.id) continue
    const row = setAside({ letter, event })
    counts.set(row.category, (counts.get(row.category) ?? 0) + 1)
    rows.push({ ...row, run: order.id, table })
    if (rows.length < ERRORS_AT_ONCE) continue
    await ledger.setAside(rows)
    rows = []
  }
  await ledger.setAside(rows)
}

function runOf({ parts: { run } }: ChangeEvent): string | null {
  return run === null ? null : readRunTag(run).run
}

function setAside({ letter, event }: ReadLetter & { readonly event: ChangeEvent }) {
  const { after, parts } = event
  const isOfRow = parts.fault !== null
  const isDuplicate = letter.reason.includes(SAME_KEY)
  return {
    id: deadLetterKey(letter),
    place: asNumber(after?.[PLACE_COLUMN] ?? null),
    said: asText(after?.[SAID_COLUMN] ?? null),
    reason: letter.reason,
    diedAtMs: letter.diedAtMs,
    category: isOfRow ? ('validation' as const) : isDuplicate ? ('duplicate' as const) : ('constraint' as const),
    // What a row lacks of others may be there by then.
    isRetryable: !isOfRow && !isDuplicate,
  }
}

function countsOf({ writes, stale, rejected }: Tally, tables: readonly string[]): ImportCounts {
  const of = (change: string) => tables.reduce((sum, table) => sum + (writes[`${table} ${change}`] ?? 0), 0)
  const changes = {
    inserted: of('inserted'),
    updated: of('updated'),
    unchanged: of('unchanged'),
    deleted: of('deleted'),
  }
  return { ...changes, stale, rejected }
}
