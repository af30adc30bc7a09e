// Who waits for weeks keeps nothing of the times at which others had something new.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { queryObjects } from 'node:v8'
import { expect, test } from 'vitest'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { until } from '../support/until.ts'

const RINGS = 300

test('a follower that finds nothing for itself keeps nothing of each look', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-waiting-'))
  const log = await openSqliteLog({ path: join(folder, 'log.db') })
  const ending = new AbortController()
  try {
    const topic = (name: string) => ({ topic: name, partitions: 1, isCompacted: false })
    await log.declare([topic('millrace.app.mine'), topic('millrace.app.other')])
    const writer = await log.writer('other')
    let shares = 0
    const following = (async () => {
      const onShare = () => void shares++
      for await (const batch of log.follow('mine', ['millrace.app.mine'], { signal: ending.signal, onShare })) {
        await batch.commit()
      }
    })()
    await until(async () => shares > 0 || null, { what: 'the follower holds its partition' })
    const ring = async (times: number) => {
      for (let time = 0; time < times; time++) {
        await writer.append([{ topic: 'millrace.app.other', key: Buffer.from('k'), value: Buffer.from(`${time}`) }])
      }
      return queryObjects(Promise, { format: 'count' }) as unknown as number
    }
    const before = await ring(RINGS)
    const after = await ring(RINGS)
    expect(after - before).toBeLessThan(RINGS / 10)
    ending.abort()
    await following
  } finally {
    ending.abort()
    await log.close()
    rmSync(folder, { recursive: true })
  }
})
