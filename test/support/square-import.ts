// Square brought into tables: a source on a scripted Square, and a run through all tables.

import { expect } from 'vitest'
import type { SquareFlow } from '../../src/core/square/square-flow.ts'
import { SQUARE_FLOWS } from '../../src/core/square/square-flows.ts'
import { SquareSource, type SquareSourceOptions } from '../../src/source/rest/square/square-source.ts'
import { readAll, StillClock } from './api-source.ts'
import type { ImportedTables, Tally } from './imported-tables.ts'
import { type ScriptedSquare, SQUARE_TOKEN } from './scripted-square.ts'

export function squareSource(square: ScriptedSquare, more: Partial<SquareSourceOptions> = {}): SquareSource {
  return new SquareSource({
    ...{ connector: 'square', url: square.url, token: SQUARE_TOKEN, isFoundation: true, reachedMs: new Map() },
    ...{ orderedAtMs: square.world.nowMs, requestsPerSecond: null, besides: [], privateHosts: ['127.0.0.1'] },
    ...{ clock: new StillClock(), ...more },
  })
}

export function flowOf(table: string): SquareFlow {
  const flow = SQUARE_FLOWS.find((one) => one.table === table)
  if (flow === undefined) throw new Error(`${table} has no flow`)
  return flow
}

export interface Bringing {
  readonly square: ScriptedSquare
  readonly tables: ImportedTables
}

/** What was written, by table. */
export async function bring(
  { square, tables }: Bringing,
  more: Partial<SquareSourceOptions> = {},
): Promise<Map<string, Tally>> {
  const tallies = new Map<string, Tally>()
  for (const { table, walkedWith } of SQUARE_FLOWS) {
    if (walkedWith !== undefined) continue
    const besides = besidesOf(table)
    const one = squareSource(square, { ...more, besides })
    const { events, error } = await readAll(() => one, { table })
    expect(error).toBe(null)
    for (const flow of [table, ...besides].map(flowOf)) {
      const isWhole = (more.isFoundation ?? true) || flow.reads === 'all'
      const own = events.filter((event) => event.table === flow.table)
      tallies.set(flow.table, tables.apply(flow, own, isWhole))
    }
  }
  return tallies
}

/** The tables whose rows come out of the walk through this one. */
export function besidesOf(table: string): readonly string[] {
  return SQUARE_FLOWS.filter(({ walkedWith }) => walkedWith === table).map((flow) => flow.table)
}
