// How a gap rests in the log: under a key of its own, so that the same gap told again is one.

import { type Gap, gapKey } from '../core/gap.ts'
import { GAPS } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { LogRecord } from '../log/log.ts'

export async function gapRecord(records: RecordCodec, gap: Gap): Promise<LogRecord> {
  return { topic: GAPS, key: Buffer.from(gapKey(gap)), value: await records.pack('gap', gap), timeMs: gap.toMs }
}
