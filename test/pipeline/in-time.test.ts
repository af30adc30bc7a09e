import { expect, test } from 'vitest'
import { systemClock } from '../../src/pipeline/clock.ts'
import { inTime } from '../../src/pipeline/in-time.ts'

test('what comes in time counts, and leaves nothing waiting', async () => {
  let left: AbortSignal | null = null
  const clock = {
    ...systemClock,
    sleep: (_: number, signal: AbortSignal) => {
      left = signal
      return new Promise<void>(() => undefined)
    },
  }
  expect(await inTime(Promise.resolve(7), clock, 1_000)).toBe(7)
  expect(left).toMatchObject({ aborted: true })
})

test('what does not is done without', async () => {
  const clock = { ...systemClock, sleep: async () => undefined }
  expect(await inTime(new Promise<number>(() => undefined), clock, 1_000)).toBe(null)
})

test('what fails in time fails', async () => {
  const clock = { ...systemClock, sleep: () => new Promise<void>(() => undefined) }
  await expect(inTime(Promise.reject(new Error('no')), clock, 1_000)).rejects.toThrow('no')
})
