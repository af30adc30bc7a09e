// Answers a request that asks for a dry run.

import type { Forecast } from '../pipeline/dry-run.ts'
import type { OrderGiven } from '../pipeline/run-desk.ts'
import { forecastView } from './forecast-view.ts'

export type Forecasting = (given: Omit<OrderGiven, 'by'>, signal: AbortSignal) => Promise<Forecast>

const FORECAST_MS_MAX = 20_000

export async function askForecast(forecast: Forecasting, given: Omit<OrderGiven, 'by'>): Promise<object> {
  return forecastView(await forecast(given, AbortSignal.timeout(FORECAST_MS_MAX)))
}
