// Some rows of an import, read again from the log and held against what the table has.

import { deadLetterKey } from '../core/dead-letter.ts'
import { tableTopic } from '../core/topic.ts'
import type { ImportChecks } from '../sink/import-checks.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { ReadyConnector } from './ready-connector.ts'
import { type RunRowsOptions, runRows } from './run-rows.ts'
import type { RunWork } from './run-work.ts'
import { sampledWrites } from './sampled-writes.ts'

export interface SampleOptions extends RunRowsOptions {
  readonly letters: (signal: AbortSignal) => Pick<DeadLetters, 'each'>
  readonly checks: ImportChecks
  readonly ready: ReadyConnector
}

const ROWS_MAX = 100

/** How many rows should be as they were read, and how many are; null where the log has none of this run. */
export async function sampleRows(options: SampleOptions, work: RunWork, table: string) {
  const { ready, checks } = options
  if (ready.connector.tables[table]?.lookups !== undefined) return null
  const topic = tableTopic(ready.connector, '', table)
  const sampled = await runRows(options, work, { topic, rowsMax: ROWS_MAX })
  const dead = await deadAmong(options, work, { topic, ids: sampled.map(({ id }) => id) })
  const writes = sampled.filter(({ id }) => !dead.has(id)).flatMap(({ event }) => sampledWrites(ready, event))
  if (writes.length === 0) return null
  const { id: run } = work.order
  const found = await work.retry(() => checks.compare({ run, writes }, work.signal))
  const held = found.filter((one) => one !== 'newer')
  return { expected: held.length, found: held.filter((one) => one === 'same').length, threshold: 0 }
}

/** Rows that did not arrive are told elsewhere. */
async function deadAmong(
  { letters }: SampleOptions,
  { order, signal }: RunWork,
  { topic, ids }: { readonly topic: string; readonly ids: readonly string[] },
): Promise<ReadonlySet<string>> {
  const dead = new Set<string>()
  if (ids.length === 0) return dead
  for await (const { letter } of letters(signal).each({ connector: order.connector, topics: [topic], ids })) {
    dead.add(deadLetterKey(letter))
  }
  return dead
}
