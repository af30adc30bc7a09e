// Where a source stands, as the log has it.

import { BOOKMARKS } from '../core/topic.ts'
import type { BookmarkEntry, RecordCodec } from '../log/codec.ts'
import type { Log } from '../log/log.ts'

export interface BookmarkPlace {
  readonly log: Pick<Log, 'latest'>
  readonly records: RecordCodec
  /** The source's name. */
  readonly source: string
}

export async function newestBookmark({ log, records, source }: BookmarkPlace): Promise<BookmarkEntry | null> {
  for await (const { key, value } of log.latest(BOOKMARKS)) {
    if (value === null || Buffer.from(key).toString() !== source) continue
    return records.unpack('bookmark', value)
  }
  return null
}
