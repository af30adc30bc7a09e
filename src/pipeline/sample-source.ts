// Some rows of a walk, asked of their source once more when they have arrived, and held against what the table has: so a fault
// of reading shows as well as one of writing. A source that cannot answer again, however often it is asked, is no discrepancy.

import { hasFate, MillraceError } from '../core/errors.ts'
import type { ChangeEvent } from '../core/event.ts'
import { PLACE_COLUMN } from '../core/imported-row.ts'
import { runTag } from '../core/run.ts'
import { tableTopic } from '../core/topic.ts'
import type { ImportChecks } from '../sink/import-checks.ts'
import type { ImportSource } from '../source/import-source.ts'
import type { Clock } from './clock.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { ImportPart } from './import-scope.ts'
import type { PageMark } from './page-marks.ts'
import type { ReadyConnector } from './ready-connector.ts'
import { type RunRowsOptions, runRows } from './run-rows.ts'
import type { RunWork } from './run-work.ts'
import { sampledWrites } from './sampled-writes.ts'

export interface SampleSourceOptions extends RunRowsOptions {
  readonly parts: readonly [ImportPart, ...ImportPart[]]
  readonly source: ImportSource
  readonly marks: readonly PageMark[]
  readonly ready: ReadyConnector
  readonly clock: Clock
  readonly letters: (signal: AbortSignal) => Pick<DeadLetters, 'each'>
  readonly openChecks: (connector: string) => Promise<ImportChecks>
}

export interface SourceSample {
  readonly table: string
  readonly expected: number
  readonly found: number
  readonly threshold: number
}

const ROWS_PER_PAGE = 20
/** Each is a request. */
const ROWS_ALONE = 10
/** What a service has may change while it is read; a file that does is refused. */
const CHANGED_SHARE = 0.1
/** A connection that was kept may have been cut since. */
const TRIES = 3
const PAUSE_MS = 1_000

/** None where nothing was brought, or nothing can be asked again. */
export async function sampleSource(options: SampleSourceOptions, work: RunWork): Promise<readonly SourceSample[]> {
  const { parts, ready, openChecks } = options
  const { writes, rejected } = await work.tally()
  const isChanged = ({ table }: ImportPart) =>
    ['inserted', 'updated'].some((change) => (writes[`${table} ${change}`] ?? 0) > 0)
  const changed = parts.filter(isChanged)
  if (changed.length === 0) return []
  const aside = rejected === 0 ? new Set<unknown>() : await placesAside(options, work)
  try {
    const events = (await triedAgain(() => eventsOf(options, work), options.clock, work.signal)).filter(
      ({ after, parts: { fault } }) => fault === null && !aside.has(after?.[PLACE_COLUMN]),
    )
    const checks = await openChecks(ready.connector.name)
    try {
      const samples: SourceSample[] = []
      for (const { table, from } of changed) {
        const sampled = events.filter((event) => event.table === table).flatMap((event) => sampledWrites(ready, event))
        if (sampled.length === 0) continue
        const found = await checks.compare({ run: work.order.id, writes: sampled }, work.signal)
        const held = found.filter((one) => one !== 'newer')
        const threshold = from.kind === 'csv' ? 0 : Math.ceil(held.length * CHANGED_SHARE)
        const same = held.filter((one) => one === 'same').length
        samples.push({ table, expected: held.length, found: same, threshold })
      }
      return samples
    } finally {
      await checks.close()
    }
  } catch (error) {
    if (error instanceof MillraceError) return []
    throw error
  }
}

async function triedAgain<Value>(ask: () => Promise<Value>, clock: Clock, signal: AbortSignal): Promise<Value> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask()
    } catch (error) {
      if (!hasFate(error, 'retry') || tries === TRIES) throw error
      await clock.sleep(PAUSE_MS, signal)
    }
  }
}

/** Where they can be asked for one by one, rows from all over the walk; else the first ones behind some of its pages. */
async function eventsOf(options: SampleSourceOptions, work: RunWork): Promise<readonly ChangeEvent[]> {
  const { parts, source, marks } = options
  const { order, signal } = work
  const [{ table }] = parts
  const run = runTag(order)
  const rows = async () => {
    const topic = tableTopic({ source: 'import', name: order.connector }, '', table)
    const brought = await runRows(options, work, { topic, rowsMax: ROWS_ALONE })
    return brought.flatMap(({ event: { after } }) => (after === null ? [] : [after]))
  }
  const asked = source.again === undefined ? null : await source.again(await rows(), { table, run }, signal)
  if (asked !== null) return asked
  const scope = { table, from: null, to: null, filters: [] }
  const events: ChangeEvent[] = []
  for (const mark of marks)
    events.push(...(await source.page({ scope, rowsMax: ROWS_PER_PAGE, run, ...mark }, signal)).events)
  return events
}

/** Of rows that did not arrive. */
async function placesAside({ parts, letters }: SampleSourceOptions, { order, signal }: RunWork): Promise<Set<unknown>> {
  const topics = parts.map(({ table }) => tableTopic({ source: 'import', name: order.connector }, '', table))
  const places = new Set<unknown>()
  for await (const { event } of letters(signal).each({ connector: order.connector, topics })) {
    places.add(event?.after?.[PLACE_COLUMN])
  }
  return places
}
