// Where a capture of DynamoDB's streams resumes: of each table which stream it was, and how far each of its shards was read.

import { z } from 'zod'
import { MillraceError } from '../../core/errors.ts'
import type { Bookmark } from '../source.ts'

const Shard = z.object({
  /** The sequence number of the last record that was handed out; null before the first one. */
  last: z.string().nullable(),
  /** All of it was. It is forgotten when the stream does not list it any more. */
  isOver: z.boolean(),
})

const Table = z.object({
  /** The stream's ARN. */
  stream: z.string(),
  /** What was changed before, in milliseconds, is none of ours: capture began then. */
  sinceMs: z.number(),
  shards: z.record(z.string(), Shard),
})

const Schema = z.object({ epoch: z.number().int().positive(), tables: z.record(z.string(), Table) })

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
