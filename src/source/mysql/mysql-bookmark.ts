// Where a capture of MySQL resumes: which transactions it has, which server counted the positions, and how much of a
// transaction that was cut has been handed out already.

import { z } from 'zod'
import { MillraceError } from '../../core/errors.ts'
import type { Bookmark } from '../source.ts'

const inside = z.object({
  gtid: z.string(),
  /** Rows of followed tables handed out, counted from the transaction's start. */
  skip: z.number().int().positive(),
  /** The last of them: where its event begins in the file, and its place in the event. */
  offset: z.number().int(),
  row: z.number().int(),
})

/** An XA transaction that is prepared and not yet decided; its rows are handed out when it commits. */
const prepared = z.object({
  xid: z.string(),
  gtid: z.object({ source: z.string(), number: z.number().int(), serverId: z.number().int(), text: z.string() }),
  /** MariaDB: what to ask the server to leave out in order to be sent it again. */
  before: z.string(),
})

const schema = z.object({
  epoch: z.number().int().positive(),
  server: z.string(),
  gtids: z.string(),
  file: z.string(),
  offset: z.number().int(),
  /** When that file was begun, in seconds by the server's clock; 0 when not known. Tells a binary log that was reset. */
  born: z.number().int(),
  inside: inside.nullable(),
  prepared: z.array(prepared),
})

export type MysqlBookmark = z.infer<typeof schema>

export function parseBookmark(text: Bookmark): MysqlBookmark {
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new MillraceError('BOOKMARK_UNREADABLE', 'The bookmark is not one of a MySQL source.', { cause })
  }
}

export function formatBookmark(bookmark: MysqlBookmark): Bookmark {
  return JSON.stringify(bookmark)
}
