// What a backfill would do, without doing it: rows are counted for as long as a person likes to wait, and a sample of
// them is mapped and held against the target.

import { addTallies, type Limits, NO_TALLY, type Tally, unitsPerRow } from '../core/run.ts'
import type { EventCodec } from '../log/codec.ts'
import type { Log, LogRecord } from '../log/log.ts'
import type { PagedRows, RowPage, RowScope } from '../source/source.ts'
import { type Foreseeing, foreseen, type Sample } from './foreseen.ts'
import type { ReplayScope } from './replay-scope.ts'

export interface DryRunOptions extends Omit<Foreseeing, 'isReplay'> {
  readonly source: PagedRows
  readonly log: Pick<Log, 'range'>
  /** Of its own: what it encodes is never appended. */
  readonly codec: EventCodec
}

export interface Forecast {
  readonly rows: number
  /** False when not all of them could be counted in time: there are so many at least. */
  readonly isExact: boolean
  /** What would become of the sample's rows. */
  readonly sample: Tally
  readonly writeUnits: number
  /** At the limits given; null where nothing limits it. */
  readonly minutes: number | null
}

export interface Asked {
  readonly scopes: readonly RowScope[]
  readonly limits: Limits
}

const COUNT_MS_MAX = 3_000
const COUNT_ROWS = 5_000
const SAMPLE_ROWS = 100

export async function dryBackfill(
  options: DryRunOptions,
  { scopes, limits }: Asked,
  signal: AbortSignal,
): Promise<Forecast> {
  const deadlineMs = options.clock.nowMs() + COUNT_MS_MAX
  let rows = 0
  let isExact = true
  let sample = NO_TALLY
  for (const scope of scopes) {
    let isFirst = true
    for await (const page of pagesOf(options, scope, signal)) {
      rows += page.events.length
      if (isFirst && page.events.length > 0) sample = addTallies(sample, await tallyOfPage(options, page, signal))
      isFirst &&= page.events.length === 0
      if (options.clock.nowMs() < deadlineMs) continue
      if (page.next !== null) {
        isExact = false
        rows = Math.max(rows, (await options.source.expect(scope)) ?? 0)
      }
      break
    }
  }
  const writeUnits = Math.ceil(rows * unitsPerRow(sample))
  return { rows, isExact, sample, writeUnits, minutes: minutesOf({ rows, writeUnits }, limits) }
}

/** All records of the scope's ranges: a filter would have to read them to know. */
export async function dryReplay(
  options: Omit<DryRunOptions, 'source' | 'codec'>,
  { ranges, limits }: Pick<ReplayScope, 'ranges'> & { readonly limits: Limits },
  signal: AbortSignal,
): Promise<Forecast> {
  let rows = 0
  let sample = NO_TALLY
  for (const { from, to } of ranges) {
    rows += to.offset - from.offset
    const upTo = { ...to, offset: Math.min(to.offset, from.offset + SAMPLE_ROWS) }
    for await (const stored of options.log.range(from, upTo, signal)) {
      sample = addTallies(sample, await tallyOf({ ...options, isReplay: true }, { stored, scope: to }, signal))
    }
  }
  const writeUnits = Math.ceil(rows * unitsPerRow(sample))
  return { rows, isExact: true, sample, writeUnits, minutes: minutesOf({ rows, writeUnits }, limits) }
}

async function* pagesOf(
  { source, connector }: DryRunOptions,
  scope: RowScope,
  signal: AbortSignal,
): AsyncIterable<RowPage> {
  const upTo = await source.last(scope, signal)
  for (let after: string | null = null; upTo !== null; ) {
    const page: RowPage = await source.page(
      { scope, after, upTo, rowsMax: COUNT_ROWS, run: `${connector}/dry` },
      signal,
    )
    yield page
    if (page.next === null) return
    after = page.next
  }
}

async function tallyOfPage(options: DryRunOptions, page: RowPage, signal: AbortSignal): Promise<Tally> {
  // Rows from all over the page, which may be in the order of venues or of time.
  const step = Math.max(1, Math.floor(page.events.length / SAMPLE_ROWS))
  const events = page.events.filter((_, index) => index % step === 0).slice(0, SAMPLE_ROWS)
  const records = (await options.codec.encode(events)).filter(isChange)
  let tally = NO_TALLY
  // A page may hold rows of several tables.
  for (const [topic, ofTopic] of Map.groupBy(records, (record) => record.topic)) {
    const stored = ofTopic.map((record, offset) => ({ timeMs: 0, ...record, partition: 0, offset }))
    const scope = { topic, topicId: 'dry', partition: 0, offset: 0 }
    tally = addTallies(tally, await tallyOf({ ...options, isReplay: false }, { stored, scope }, signal))
  }
  return tally
}

async function tallyOf(options: Foreseeing, sample: Sample, signal: AbortSignal): Promise<Tally> {
  const tallies = (await foreseen(options, sample, signal)).map(({ tally }) => tally)
  return tallies.reduce(addTallies, NO_TALLY)
}

/** Schemas come first, in a topic of their own. */
function isChange({ topic }: LogRecord): boolean {
  return topic.split('.').length > 2
}

function minutesOf({ rows, writeUnits }: Pick<Forecast, 'rows' | 'writeUnits'>, limits: Limits): number | null {
  const seconds = [
    ...(limits.rowsPerSecond === null ? [] : [rows / limits.rowsPerSecond]),
    ...(limits.writeUnitsPerSecond === null ? [] : [writeUnits / limits.writeUnitsPerSecond]),
  ]
  return seconds.length === 0 ? null : Math.max(...seconds) / 60
}
