// A forecast that takes too long is an answer with a name, not a defect.

import { expect, test } from 'vitest'
import { askForecast, type Forecasting } from '../../src/control/ask-forecast.ts'
import { errorAnswer } from '../../src/control/error-answer.ts'
import { MillraceError } from '../../src/core/errors.ts'
import { NO_LIMITS, NO_TALLY } from '../../src/core/run.ts'

const GIVEN = { kind: 'backfill', connector: 'feedback', scope: '[]', limits: NO_LIMITS } as const
const HANG_MS = 60_000

const answer = (forecast: Forecasting, withinMs?: number) =>
  askForecast(forecast, GIVEN, withinMs).catch((error: unknown) => errorAnswer(error))

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => resolve(), { once: true })
  return promise
}

test.each<[string, Forecasting]>([
  ['is broken off', async (_, signal) => aborted(signal).then(() => signal.throwIfAborted() as never)],
  [
    'fails for being broken off',
    async (_, signal) => {
      await aborted(signal)
      throw new TypeError('the connection is closed')
    },
  ],
  ['does not notice', () => Promise.withResolvers<never>().promise],
])('a forecast that takes too long, and %s, is answered by name', async (_, forecast) => {
  const message = 'the forecast took longer than 0.001 s'
  const error = { code: 'FORECAST_LATE', message, hint: expect.stringContaining('--dry-run') }
  expect(await answer(forecast, 1)).toEqual({ status: 504, body: { error } })
})

test('a forecast that fails in time keeps the name of its failure', async () => {
  const fail = async () => {
    throw new MillraceError('MYSQL_UNREACHABLE', 'nobody listens')
  }
  expect(await answer(fail, HANG_MS)).toMatchObject({ status: 503, body: { error: { code: 'MYSQL_UNREACHABLE' } } })
})

test('a forecast in time is the answer', async () => {
  const forecast = async () => ({ rows: 7, isExact: true, sample: NO_TALLY, writeUnits: 7, minutes: null })
  expect(await answer(forecast, HANG_MS)).toMatchObject({ dry_run: true, rows: 7 })
})
