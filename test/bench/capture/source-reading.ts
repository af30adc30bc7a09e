// Our source alone: from the binary log to events that nobody keeps.

import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import { contend } from '../contender.ts'
import { TABLE } from './backlog.ts'
import type { CaptureJob } from './capture-job.ts'

contend<CaptureJob>(async ({ mysqlUrl, rows, bookmark }, meter) => {
  await using source = openMysqlSource({ url: mysqlUrl, tables: [TABLE] })
  const stop = new AbortController()
  let read = 0
  for await (const { events } of source.changes(bookmark, stop.signal)) {
    read += events.length
    if (events.length > 0) meter.done(read)
    if (read >= rows) stop.abort()
  }
})
