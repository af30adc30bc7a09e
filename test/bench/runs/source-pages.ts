// The yardstick of what MySQL gives: its rows, page by page, which nobody looks at.

import { PageSize } from '../../../src/pipeline/page-size.ts'
import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import { contend } from '../contender.ts'
import { TABLE } from './rows.ts'
import type { RunsJob } from './runs-job.ts'

contend<RunsJob>(async ({ mysqlUrl, rows }, meter) => {
  await using source = openMysqlSource({ url: mysqlUrl, tables: [TABLE] })
  const { signal } = new AbortController()
  const scope = { table: TABLE, from: null, to: null, filters: [] }
  const size = new PageSize()
  const upTo = await source.last(scope, signal)
  let read = 0
  for (let after: string | null = null, isOver = false; !isOver; ) {
    const page = await source.page({ scope, after, upTo, rowsMax: size.rows, run: '' }, signal)
    const bytes = page.events.reduce((sum, { parts }) => sum + (parts.afterImage?.bytes.length ?? 0), 0)
    size.took({ rows: size.rows, bytes, tookMs: page.tookMs })
    read += page.events.length
    meter.done(read)
    after = page.next
    isOver = page.next === null
  }
  if (read !== rows) throw new Error(`${read} of ${rows} rows were read`)
})
