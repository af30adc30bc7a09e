// The differences that verifications have found, as they rest in the log.

import { createHash } from 'node:crypto'
import { differenceKey, type RowDifference } from '../core/difference.ts'
import { DIFFERENCES } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log, LogRecord } from '../log/log.ts'

/** Of one verification; what it finds beyond is counted. */
export const DIFFERENCES_MAX = 10_000

export interface DifferencesPlace {
  readonly log: Pick<Log, 'latest'>
  readonly records: RecordCodec
}

export async function differenceRecord(records: RecordCodec, difference: RowDifference): Promise<LogRecord> {
  return {
    topic: DIFFERENCES,
    key: Buffer.from(differenceKey(difference)),
    value: await records.pack('difference', difference),
  }
}

/** Those that one verification has found. */
export async function differencesOf(
  { log, records }: DifferencesPlace,
  run: string,
): Promise<readonly RowDifference[]> {
  const found: RowDifference[] = []
  for await (const { key, value } of log.latest(DIFFERENCES)) {
    if (value !== null && runOf(key) === run) found.push(await records.unpack('difference', value))
  }
  return found
}

export interface DifferencesPage {
  readonly limit: number
  /** The `next` of the page before. */
  readonly after?: string | undefined
}

/** In the order in which they were found; `next` is null at the last, and holds also when the one that it names is gone. */
export function pageOfDifferences(found: readonly RowDifference[], { limit, after }: DifferencesPage) {
  const all = found.map((difference): Placed => ({ difference, ms: difference.foundAtMs, id: idOf(difference) }))
  const [ms, id = ''] = after?.split('@') ?? []
  const behind = ms === undefined ? all : all.filter((one) => compare(one, { ms: Number(ms), id }) > 0)
  const page = behind.toSorted(compare).slice(0, limit)
  const last = page.at(-1)
  const isLast = last === undefined || behind.length === page.length
  return { differences: page.map(({ difference }) => difference), next: isLast ? null : `${last.ms}@${last.id}` }
}

interface Place {
  readonly ms: number
  /** Of those that were found in one millisecond. */
  readonly id: string
}

interface Placed extends Place {
  readonly difference: RowDifference
}

function compare(one: Place, other: Place): number {
  return one.ms - other.ms || (one.id < other.id ? -1 : Number(one.id > other.id))
}

/** Of its row and item, which are long and nobody's business in an address. */
function idOf(difference: RowDifference): string {
  return createHash('sha256').update(differenceKey(difference)).digest('hex').slice(0, 16)
}

/** Takes away what others than these verifications have found. */
export async function forgetAllBut(
  { log }: Pick<DifferencesPlace, 'log'>,
  runs: ReadonlySet<string>,
): Promise<readonly LogRecord[]> {
  const gone: LogRecord[] = []
  for await (const { key, value } of log.latest(DIFFERENCES)) {
    if (value !== null && !runs.has(runOf(key))) gone.push({ topic: DIFFERENCES, key, value: null })
  }
  return gone
}

function runOf(key: Uint8Array): string {
  const text = Buffer.from(key).toString()
  return text.slice(0, text.indexOf(' '))
}
