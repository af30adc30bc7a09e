// How a target stands to its source right now: rows of each table, from the first on and as many as a person likes to
// wait for, held against what the target holds. What differs is looked at once more, for it may have been on its way.

import type { ChangeEvent } from '../core/event.ts'
import type { RowSource } from '../source/source.ts'
import type { Clock } from './clock.ts'
import { type CheckedRow, differs, type RowCheck } from './row-check.ts'

export interface StandingOptions {
  readonly source: Pick<RowSource, 'last' | 'page' | 'expect'>
  readonly check: RowCheck
  readonly clock: Clock
  readonly tables: readonly string[]
  readonly rowsMax: number
}

export interface TableStanding {
  readonly table: string
  readonly rows: number
  /** Of how many, as far as the source can tell; null where it cannot. All of them when it is as many. */
  readonly of: number | null
  /** Those of them that the target does not hold as they are. */
  readonly differing: readonly CheckedRow[]
}

const PAGE_ROWS = 500
/** What was on its way is there by then. */
const SETTLE_MS = 1_000

export async function standingOf(options: StandingOptions, signal: AbortSignal): Promise<readonly TableStanding[]> {
  const standings: TableStanding[] = []
  for (const table of options.tables) standings.push(await ofTable(options, table, signal))
  return standings
}

async function ofTable(options: StandingOptions, table: string, signal: AbortSignal): Promise<TableStanding> {
  const { source, check, clock, rowsMax } = options
  const scope = { table, from: null, to: null, filters: [] }
  const upTo = await source.last(scope, signal)
  const suspects: ChangeEvent[] = []
  let rows = 0
  let after: string | null = null
  let isWhole = upTo === null
  while (!isWhole && rows < rowsMax) {
    const rowsNext = Math.min(PAGE_ROWS, rowsMax - rows)
    const page = await source.page({ scope, after, upTo, rowsMax: rowsNext, run: 'status' }, signal)
    rows += page.events.length
    const checked = await check.of(page.events, { isSure: false, signal })
    suspects.push(...checked.filter(differs).map(({ event }) => event))
    after = page.next
    isWhole = after === null
  }
  if (suspects.length > 0) await clock.sleep(SETTLE_MS, signal)
  const differing = (await check.of(suspects, { isSure: true, signal })).filter(differs)
  return { table, rows, of: isWhole ? rows : await source.expect(scope), differing }
}
