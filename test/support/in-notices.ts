// What the log has of what people were told, read beside the processes that tell them.

import { AvroRecords } from '../../src/log/avro/avro-records.ts'
import type { Log } from '../../src/log/log.ts'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { NoticeBook } from '../../src/pipeline/notice-book.ts'
import { declaredTopics } from '../../src/pipeline/topics.ts'

/** `log` is a file's path, or opens another kind of log. */
export async function inNotices<Answer>(
  log: string | (() => Promise<Log>),
  ask: (book: NoticeBook) => Answer | Promise<Answer>,
): Promise<Answer> {
  const opened = typeof log === 'string' ? await openSqliteLog({ path: log }) : await log()
  try {
    await opened.declare(declaredTopics([], 1))
    const { signal } = new AbortController()
    const book = new NoticeBook({ log: opened, records: new AvroRecords(null), signal })
    await book.refresh()
    return await ask(book)
  } finally {
    await opened.close()
  }
}

/** How many messages of incidents are on record. */
export function toldInAll(book: NoticeBook): number {
  return book.all('incident').reduce((sum, { tellings }) => sum + tellings, 0)
}
