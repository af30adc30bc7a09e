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

/** Those that one verification has found, in the order in which it did. */
export async function differencesOf(
  { log, records }: DifferencesPlace,
  run: string,
): Promise<readonly RowDifference[]> {
  const found: RowDifference[] = []
  for await (const { key, value } of log.latest(DIFFERENCES)) {
    if (value !== null && runOf(key) === run) found.push(await records.unpack('difference', value))
  }
  const ids = new Map(found.map((one) => [one, idOf(one)]))
  return found.toSorted((one, other) => {
    return one.foundAtMs - other.foundAtMs || ((ids.get(one) ?? '') < (ids.get(other) ?? '') ? -1 : 1)
  })
}

/** Where a page of them ends: what comes behind it was found later, or is of a greater id. */
export function differenceMark(difference: RowDifference): string {
  return `${difference.foundAtMs}@${idOf(difference)}`
}

/** Also when the one that it names is gone. */
export function isBehindMark(difference: RowDifference, mark: string): boolean {
  const [foundAtMs = '', id = ''] = mark.split('@')
  const laterMs = difference.foundAtMs - Number(foundAtMs)
  return laterMs > 0 || (laterMs === 0 && idOf(difference) > id)
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
