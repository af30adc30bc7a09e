import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { LagWatch } from '../../src/cli/lag-watch.ts'
import type { Log } from '../../src/log/log.ts'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { createMetrics } from '../../src/observe/metrics.ts'
import { until } from '../support/until.ts'

const TOPIC = 'millrace.app.comment'

async function watched() {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-lag-'))
  const log = await openSqliteLog({ path: join(folder, 'log.db') })
  const metrics = createMetrics()
  let nowMs = 100_000
  const ending = new AbortController()
  const ask = { wake: () => {} }
  const clock = {
    nowMs: () => nowMs,
    sleep: (_: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        ask.wake = resolve
        signal.addEventListener('abort', () => resolve())
      }),
  }
  const watch = new LagWatch({ log, metrics, clock, readers: new Map([['feedback', [TOPIC]]]) })
  const running = watch.run(ending.signal)
  onTestFinished(async () => {
    ending.abort()
    await running
    await log.close()
    await rm(folder, { recursive: true })
  })
  const look = (at: number) => {
    nowMs = at
    ask.wake()
  }
  return { log, metrics, watch, look }
}

async function append(log: Log, timesMs: readonly number[]): Promise<void> {
  const writer = await log.writer('test')
  const value = Buffer.from('v')
  await writer.append(timesMs.map((timeMs, index) => ({ topic: TOPIC, key: Buffer.from(`k${index}`), value, timeMs })))
  await writer.close()
}

test('lag is unknown before the topic exists, then the records to go and the age of the oldest', async () => {
  const { log, metrics, watch, look } = await watched()
  expect(watch.of('feedback')).toBeNull()
  await log.declare([{ topic: TOPIC, partitions: 2, isCompacted: false }])
  await append(log, [40_000, 60_000, 70_000, 80_000, 90_000, 95_000, 96_000, 97_000])
  look(100_000)
  await until(async () => (watch.of('feedback')?.records === 8 ? true : null), { what: 'eight to go' })
  expect(await metrics.registry.metrics()).toContain(`millrace_lag_seconds{reader="feedback",topic="${TOPIC}"} 60`)
  for await (const batch of log.follow('feedback', [TOPIC], { signal: AbortSignal.timeout(60_000) })) {
    await batch.commit()
    if ((await log.lag('feedback', TOPIC)) === 0) break
  }
  look(100_000)
  await until(async () => (watch.of('feedback')?.records === 0 ? true : null), { what: 'nothing to go' })
  expect(await metrics.registry.metrics()).toContain(`millrace_lag_seconds{reader="feedback",topic="${TOPIC}"} 0`)
})

test('while the log cannot be asked no lag is shown, rather than the last one', async () => {
  const { log, metrics, watch, look } = await watched()
  await log.declare([{ topic: TOPIC, partitions: 1, isCompacted: false }])
  look(100_000)
  await until(async () => (watch.of('feedback')?.records === 0 ? true : null), { what: 'nothing to go' })
  expect(await metrics.registry.metrics()).toContain(`millrace_lag_records{reader="feedback",topic="${TOPIC}"} 0`)
  await log.close()
  look(110_000)
  await until(async () => (watch.of('feedback') === null ? true : null), { what: 'nobody knows' })
  expect(await metrics.registry.metrics()).not.toMatch(/^millrace_lag_\w+\{/mu)
})
