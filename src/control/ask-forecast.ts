// Answers a request that asks for a dry run.

import { MillraceError } from '../core/errors.ts'
import type { Forecast } from '../pipeline/dry-run.ts'
import type { OrderGiven } from '../pipeline/run-desk.ts'
import { forecastView } from './forecast-view.ts'

export type Forecasting = (given: Omit<OrderGiven, 'by'>, signal: AbortSignal) => Promise<Forecast>

const FORECAST_MS_MAX = 20_000

/** Nobody waits for an answer for ever, whatever the forecast waits for. */
export async function askForecast(
  forecast: Forecasting,
  given: Omit<OrderGiven, 'by'>,
  withinMs = FORECAST_MS_MAX,
): Promise<object> {
  const signal = AbortSignal.timeout(withinMs)
  try {
    return forecastView(await Promise.race([forecast(given, signal), late(signal)]))
  } catch (cause) {
    // Whatever it was broken off with.
    if (!signal.aborted) throw cause
    throw new MillraceError('FORECAST_LATE', `the forecast took longer than ${withinMs / 1_000} s`, { cause })
  }
}

function late(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  return promise
}
