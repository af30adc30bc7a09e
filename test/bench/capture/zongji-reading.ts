// The yardstick of reading: zongji parses every row, and nothing is done with it.

import { contend } from '../contender.ts'
import type { CaptureJob } from './capture-job.ts'
import { insertedRows, openZongji } from './zongji.ts'

contend<CaptureJob>(async ({ mysqlUrl, rows, gtids }, meter) => {
  const zongji = openZongji(mysqlUrl)
  let read = 0
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  zongji.on('error', reject)
  zongji.on('binlog', (event) => {
    const { length } = insertedRows(event)
    if (length === 0) return
    const isFirst = read === 0
    read += length
    if (isFirst || read >= rows) meter.done(read)
    if (read >= rows) resolve()
  })
  zongji.start({ serverId: process.pid, gtidSet: gtids, includeEvents: ['tablemap', 'writerows', 'xid', 'rotate'] })
  await promise
})
