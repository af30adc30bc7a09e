// Where a source stands, as the log has it: as a whole, or one slice of it.

import { BOOKMARKS } from '../core/topic.ts'
import type { BookmarkEntry, RecordCodec } from '../log/codec.ts'
import type { Log } from '../log/log.ts'

export interface BookmarkPlace {
  readonly log: Pick<Log, 'latest'>
  readonly records: RecordCodec
  /** The source's name. */
  readonly source: string
}

/** What writer and bookmark of one slice are named by. */
export function sliceId(source: string, index: number, of: number): string {
  return of === 1 ? source : `${source} ${index + 1}/${of}`
}

/** Of all slices, by their ids. */
export async function bookmarksOf({
  log,
  records,
  source,
}: BookmarkPlace): Promise<ReadonlyMap<string, BookmarkEntry>> {
  const found = new Map<string, BookmarkEntry>()
  for await (const { key, value } of log.latest(BOOKMARKS)) {
    const id = Buffer.from(key).toString()
    if (value === null || (id !== source && !id.startsWith(`${source} `))) continue
    found.set(id, await records.unpack('bookmark', value))
  }
  return found
}

/** Of the slice that is furthest behind: the source as a whole has come so far. */
export async function newestBookmark(place: BookmarkPlace): Promise<BookmarkEntry | null> {
  const all = [...(await bookmarksOf(place)).values()]
  return all.reduce((one: BookmarkEntry | null, other) => {
    return one !== null && one.sourceTimeMs <= other.sourceTimeMs ? one : other
  }, null)
}
