import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { logWatch } from '../../src/cli/log-watch.ts'
import { createMetrics } from '../../src/observe/metrics.ts'
import { Looking } from '../support/looking.ts'

async function watched(path: string | null) {
  const metrics = createMetrics()
  const looking = new Looking(0)
  const log = {
    isAway: false,
    async ends() {
      looking.nowMs += 250
      if (this.isAway) throw new Error('away')
      return []
    },
  }
  await looking.start(logWatch({ log, path, metrics, clock: looking.clock }))
  const value = async (name: 'logUp' | 'logAnswer' | 'logBytes' | 'logFree') =>
    (await metrics[name].get()).values[0]?.value
  return { looking, log, value }
}

test('a log that answers is told with the time it took, one that does not as away', async () => {
  const { looking, log, value } = await watched(null)
  expect([await value('logUp'), await value('logAnswer')]).toEqual([1, 0.25])
  log.isAway = true
  await looking.again()
  expect([await value('logUp'), await value('logAnswer')]).toEqual([0, undefined])
  log.isAway = false
  await looking.again()
  expect(await value('logUp')).toBe(1)
  // A disk that nobody looks at is not full.
  expect([await value('logBytes'), await value('logFree')]).toEqual([undefined, undefined])
})

test('a file is measured with what is still to be folded into it, and its disk by what is left', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-log-watch-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'log.db')
  await writeFile(path, Buffer.alloc(1_000))
  await writeFile(`${path}-wal`, Buffer.alloc(500))
  const { value } = await watched(path)
  expect(await value('logBytes')).toBe(1_500)
  expect(await value('logFree')).toBeGreaterThan(1_000)
})
