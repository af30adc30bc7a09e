// What an import would do, without doing it: each walk as a backfill would be foreseen.

import { addTallies, NO_TALLY, type Order } from '../core/run.ts'
import { type DryRunOptions, dryBackfill, type Forecast } from './dry-run.ts'
import { type ImportPlace, openImports } from './import.ts'

export interface DryImportOptions extends Omit<DryRunOptions, 'source' | 'connector'>, ImportPlace {}

type Asked = Pick<Order, 'connector' | 'scope' | 'limits'>

export async function dryImport(options: DryImportOptions, asked: Asked, signal: AbortSignal): Promise<Forecast> {
  const { connector, limits } = asked
  let all: Forecast = { rows: 0, isExact: true, sample: NO_TALLY, writeUnits: 0, minutes: null }
  for (const { parts, source } of await openImports(options, { ...asked, orderedAtMs: options.clock.nowMs() })) {
    const [{ table }] = parts
    const scopes = [{ table, from: null, to: null, filters: [] }]
    const one = await dryBackfill({ ...options, source, connector }, { scopes, limits }, signal)
    all = {
      rows: all.rows + one.rows,
      isExact: all.isExact && one.isExact,
      sample: addTallies(all.sample, one.sample),
      writeUnits: all.writeUnits + one.writeUnits,
      minutes: one.minutes === null ? all.minutes : (all.minutes ?? 0) + one.minutes,
    }
  }
  return all
}
