// The differences that verifications have found, as they rest in the log.

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
