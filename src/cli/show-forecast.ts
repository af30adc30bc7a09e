// Shows what a run would do, for a command.

import { forecastView } from '../control/forecast-view.ts'
import { createMetrics } from '../observe/metrics.ts'
import { systemClock } from '../pipeline/clock.ts'
import type { OrderGiven } from '../pipeline/run-desk.ts'
import { type Call, EXIT, type ExitCode } from './command.ts'
import { forecaster } from './forecaster.ts'
import { readSetup } from './read-setup.ts'
import { openResources } from './resources.ts'
import type { System } from './system.ts'

export async function showForecast(system: System, call: Call, given: Omit<OrderGiven, 'by'>): Promise<ExitCode> {
  const setup = await readSetup(system, call.env)
  const metrics = createMetrics()
  await using resources = await openResources({ ...setup, system, role: 'control', metrics })
  const { database } = setup.config
  const forecast = forecaster({ resources, connectors: setup.connectors, database, clock: systemClock })
  const view = forecastView(await forecast(given, call.signal))
  call.terminal.print(`${call.isJson ? JSON.stringify(view) : JSON.stringify(view, null, 2)}\n`)
  return EXIT.done
}
