// What a retry of dead letters would do, without doing it: they are counted, and some of them are mapped and held
// against the target. Of a row that would be rejected again, what waits behind it stays where it is.

import type { Connector } from '../core/connector.ts'
import { formatCursor } from '../core/cursor.ts'
import { addTallies, NO_TALLY, type Tally, unitsPerRow } from '../core/run.ts'
import type { Log } from '../log/log.ts'
import type { DeadEntry, DeadIndex } from './dead-index.ts'
import { deadRecord } from './dead-record.ts'
import type { Forecast } from './dry-run.ts'
import { type Foreseeing, foreseen } from './foreseen.ts'
import { type Loaded, loadLetters } from './load-letters.ts'
import { chunksOf } from './retry-chunk.ts'
import { type RetryIndexOptions, retryIndex } from './retry-index.ts'

export interface DryRetryOptions extends Omit<RetryIndexOptions, 'signal'>, Omit<Foreseeing, 'connector' | 'isReplay'> {
  readonly log: Log
  readonly connector: Connector
}

const SAMPLE_LETTERS = 100

/** `scope` is the order's. */
export async function dryRetry(options: DryRetryOptions, scope: string, signal: AbortSignal): Promise<Forecast> {
  const { connector, database, log, records } = options
  const index = retryIndex({ database, log, records, signal }, connector, scope)
  await index.refresh()
  const rows = index.count
  const sample = rows === 0 ? NO_TALLY : await tallyOfSample(options, index, signal)
  return { rows, isExact: true, sample, writeUnits: Math.ceil(rows * unitsPerRow(sample)), minutes: null }
}

async function tallyOfSample(options: DryRetryOptions, index: DeadIndex, signal: AbortSignal): Promise<Tally> {
  const rejected = new Set<string>()
  let sample = NO_TALLY
  for (const entries of chunksOf(index.sample(SAMPLE_LETTERS))) {
    for (const { lane, tally } of await talliesOf(options, { index, entries }, signal)) {
      if (rejected.has(lane)) continue
      if (tally.rejected > 0) rejected.add(lane)
      sample = addTallies(sample, tally)
    }
  }
  return sample
}

async function talliesOf(
  options: DryRetryOptions,
  { index, entries }: { readonly index: DeadIndex; readonly entries: readonly DeadEntry[] },
  signal: AbortSignal,
): Promise<readonly { readonly lane: string; readonly tally: Tally }[]> {
  const { log, records } = options
  const loaded: Loaded[] = []
  // Each by itself: they lie far apart.
  for (const entry of entries) loaded.push(...(await loadLetters({ log, records, index }, [entry], signal)))
  const [first] = loaded
  if (first === undefined) return []
  const stored = await Promise.all(loaded.map(({ letter }) => deadRecord(log, letter, signal)))
  const by = { ...options, connector: options.connector.name, isReplay: false }
  const seen = await foreseen(by, { stored, scope: first.letter.cursor }, signal)
  const tallies = new Map(seen.map(({ cursor, tally }) => [formatCursor(cursor), tally]))
  return loaded.map(({ lane, letter }) => ({ lane, tally: tallies.get(formatCursor(letter.cursor)) ?? NO_TALLY }))
}
