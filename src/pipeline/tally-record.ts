// How a tally rests in the log: the newest of each part of a run counts.

import { type PartTally, tallyKey } from '../core/run.ts'
import { RUNS } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { LogRecord } from '../log/log.ts'

export async function tallyRecord(records: RecordCodec, tally: PartTally): Promise<LogRecord> {
  return { topic: RUNS, key: Buffer.from(tallyKey(tally)), value: await records.pack('tally', tally) }
}
