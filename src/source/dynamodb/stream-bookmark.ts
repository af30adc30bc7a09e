// Where a capture of DynamoDB's streams resumes: of each table which stream it was, and how far each of its shards was read.

import { z } from 'zod'
import { MillraceError } from '../../core/errors.ts'
import type { Bookmark } from '../source.ts'
import { WHOLE } from './shard-slice.ts'

const Shard = z.object({
  /** The sequence number of the last record that was handed out; null before the first one. */
  last: z.string().nullable(),
  /** All of it was. It is forgotten some time after the stream has stopped listing it. */
  isOver: z.boolean(),
  /** Everything that was changed up to then, in milliseconds, was read; null where an older release did not note it. */
  seenMs: z.number().nullable().default(null),
  /** The shard that has to be read to its end before this one is begun; left out once it was. */
  parent: z.string().optional(),
})

const Table = z.object({
  /** The stream's ARN. */
  stream: z.string(),
  /** What was changed before, in milliseconds, is none of ours: capture began then. */
  sinceMs: z.number(),
  /** When its shards were last listed: one that is not among them came later. Null as above. */
  listedMs: z.number().nullable().default(null),
  shards: z.record(z.string(), Shard),
  /** Shards without a parent that other slices have; left out where there are none. */
  others: z.array(z.string()).optional(),
})

const Schema = z.object({
  epoch: z.number().int().positive(),
  slice: z.object({ index: z.number().int(), of: z.number().int().positive() }).default(WHOLE),
  tables: z.record(z.string(), Table),
})

export type StreamBookmark = z.infer<typeof Schema>
export type TableBookmark = z.infer<typeof Table>
export type ShardBookmark = z.infer<typeof Shard>

export function parseBookmark(text: Bookmark): StreamBookmark {
  try {
    return Schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new MillraceError('BOOKMARK_UNREADABLE', "The bookmark is not one of DynamoDB's streams.", { cause })
  }
}

/** The bookmarks of all slices as one of the whole; each shard is in one of them. */
export function joined(slices: readonly StreamBookmark[]): StreamBookmark {
  const tables: Record<string, TableBookmark> = {}
  for (const [name, part] of slices.flatMap((slice) => Object.entries(slice.tables))) {
    const known = tables[name] ?? part
    const sinceMs = Math.min(known.sinceMs, part.sinceMs)
    const isListed = known.listedMs !== null && part.listedMs !== null
    const listedMs = isListed ? Math.min(Number(known.listedMs), Number(part.listedMs)) : null
    tables[name] = { stream: part.stream, sinceMs, listedMs, shards: { ...known.shards, ...part.shards } }
  }
  return { epoch: Math.max(...slices.map(({ epoch }) => epoch)), slice: WHOLE, tables }
}

const COARSE_MS = 60_000

/** A moment as a bookmark keeps it, a little early: one that moved all the time would make an idle source write. */
export function coarse(ms: number): number {
  return Math.floor(ms / COARSE_MS) * COARSE_MS
}
