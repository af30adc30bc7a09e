// Where a source stands, as the log keeps it: one record for each source, the newest wins.

import { BOOKMARKS } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { LogRecord } from '../log/log.ts'
import type { SourceBatch } from '../source/source.ts'

/** As of the end of the batch. */
export async function bookmarkRecord(
  records: RecordCodec,
  source: string,
  { bookmark, position, sourceTimeMs }: SourceBatch,
): Promise<LogRecord> {
  const value = await records.pack('bookmark', { source, bookmark, position, sourceTimeMs })
  return { topic: BOOKMARKS, key: Buffer.from(source), value, timeMs: sourceTimeMs }
}
