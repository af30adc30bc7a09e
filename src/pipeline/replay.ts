// Gives records of the log to the sink once more. What they would write is guarded as ever, so an older record never
// wins over a newer one; counters keep their account of what they have counted, so nothing is counted twice.

import { z } from 'zod'
import { type Cursor, cursorScope } from '../core/cursor.ts'
import { MillraceError } from '../core/errors.ts'
import type { FieldConflict } from '../core/field-conflict.ts'
import { laneOf } from '../core/lane.ts'
import { redirect } from '../core/redirect.ts'
import { addTallies, NO_TALLY, rowsOf, type Tally, unitsPerRow } from '../core/run.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log, StoredRecord } from '../log/log.ts'
import type { PlacedWrite, Sink } from '../sink/sink.ts'
import type { Clock } from './clock.ts'
import { type Applied, fieldConflicts } from './field-conflicts.ts'
import { contestLeftover } from './leftovers.ts'
import type { Observer } from './observer.ts'
import { Parked } from './parked.ts'
import type { Plan, Planned } from './plan.ts'
import { readPlace } from './read-place.ts'
import type { ReadyConnector } from './ready-connector.ts'
import type { ReplayFilter } from './replay-filter.ts'
import { ReplayScope } from './replay-scope.ts'
import { tallyOfAll } from './run-counts.ts'
import { RunPace } from './run-pace.ts'
import type { RunWork } from './run-work.ts'
import { Stopwatch } from './stopwatch.ts'
import { tallyRecord } from './tally-record.ts'

export interface ReplayOptions {
  readonly log: Log
  readonly records: RecordCodec
  readonly clock: Clock
  readonly ready: ReadyConnector
  readonly plan: Plan
  /** Which events of the scope it is about. */
  readonly filter: ReplayFilter
  readonly observer: Pick<Observer, 'disputed'>
  /** Of the connector's own table, or of the one that the replay is to fill. */
  readonly openSink: (into: string | null) => Promise<Sink>
}

/** The range that is worked on, by its place in the scope, and where in it the next record is. */
const Bookmark = z.object({ range: z.number(), offset: z.number().nullable() })
type Bookmark = z.infer<typeof Bookmark>

const CHUNK = 2_000
const CHUNK_BYTES = 4 * 1024 * 1024
/** Live changes go first: while more of them wait than this, a replay waits too. */
const LIVE_LAG_MAX = 200
const LIVE_LOOK_MS = 20

export async function replay(options: ReplayOptions, work: RunWork): Promise<void> {
  const scope = ReplayScope.parse(JSON.parse(work.order.scope))
  const sink = await options.openSink(scope.into)
  try {
    const wrong = (await work.retry(() => sink.check())).find(({ isOk, isBearable }) => !isOk && !isBearable)
    if (wrong !== undefined) throw new MillraceError('SCOPE_INVALID', `${wrong.check}: ${wrong.detail}`)
    await new Replay(options, { work, scope, sink }).run()
  } finally {
    await sink.close()
  }
}

type Delivery = Required<Pick<PlacedWrite, 'since' | 'waits'>>

interface Given {
  readonly work: RunWork
  readonly scope: ReplayScope
  readonly sink: Sink
}

interface Chunk {
  readonly records: readonly StoredRecord[]
  /** Of their partition. */
  readonly scope: Cursor
  readonly planned: readonly Planned[]
}

interface Applying {
  readonly added: Tally
  readonly at: Bookmark
  readonly contests: readonly FieldConflict[]
}

class Replay {
  readonly #options: ReplayOptions
  readonly #given: Given
  readonly #pace: RunPace
  readonly #parked = new Map<string, Parked>()
  #tally: Tally = NO_TALLY

  constructor(options: ReplayOptions, given: Given) {
    this.#options = options
    this.#given = given
    const { work } = given
    this.#pace = new RunPace({
      clock: options.clock,
      limits: () => work.limits(),
      unitsPerRow: () => unitsPerRow(this.#tally),
      delivered: async () => work.progress.rows,
      aheadMin: CHUNK,
    })
  }

  async run(): Promise<void> {
    const { work, scope } = this.#given
    const { bookmark } = work.progress
    this.#tally = await work.tally()
    const isWhole = scope.venue === null && scope.key === null
    if (bookmark === null && isWhole)
      work.expect(scope.ranges.reduce((sum, { from, to }) => sum + to.offset - from.offset, 0))
    if (bookmark !== null) this.#pace.resume(work.progress.updatedAtMs)
    let at: Bookmark = bookmark === null ? { range: 0, offset: null } : readPlace(Bookmark, bookmark, 'replay')
    for (let range = scope.ranges[at.range]; range !== undefined; range = scope.ranges[at.range]) {
      const from = { ...range.from, offset: at.offset ?? range.from.offset }
      for await (const chunk of this.#chunks(from, range.to)) await this.#apply(chunk, at.range)
      if (work.signal.aborted) return
      at = { range: at.range + 1, offset: null }
      await work.step(
        { bookmark: JSON.stringify(at), rows: work.progress.rows, rowsPerSecond: this.#pace.rowsPerSecond },
        async () => [],
      )
    }
  }

  /** Records and what is to be done for them; the next chunk is planned while one is applied. */
  async *#chunks(from: Cursor, to: Cursor): AsyncIterable<Chunk> {
    const { work } = this.#given
    let planned: Promise<Chunk> | null = null
    for await (const records of gathered(this.#options.log.range(from, to, work.signal))) {
      for (let start = 0; start < records.length; ) {
        // What waits for its turn for long is planned by rows that are no longer as they were.
        if (planned !== null && isLimited(work)) {
          yield await planned
          planned = null
        }
        const room = await this.#pace.admit(work.progress.rows, work.signal)
        if (room === 0 || !(await this.#givesWay(to.topic))) return
        const chunk = records.slice(start, start + Math.min(CHUNK, room))
        start += chunk.length
        const before = planned
        planned = this.#plan(chunk, to)
        // A failure is met when the chunk's turn comes; until then it must not count as unhandled.
        planned.catch(() => undefined)
        if (before !== null) yield await before
      }
    }
    if (planned !== null && !work.signal.aborted) yield await planned
  }

  async #plan(records: readonly StoredRecord[], scope: Cursor): Promise<Chunk> {
    const { plan, clock, filter } = this.#options
    const { work, scope: asked } = this.#given
    const by = { signal: work.signal, watch: new Stopwatch(clock) }
    const planned = await work.retry(() => plan.make(records, scope, by))
    return { records, scope, planned: await work.retry(() => filter.pick(planned, asked, work.signal)) }
  }

  /** False when it is to end. */
  async #givesWay(topic: string): Promise<boolean> {
    const { log, clock, ready } = this.#options
    const { signal } = this.#given.work
    while (!signal.aborted && (await log.lag(ready.connector.name, topic)) > LIVE_LAG_MAX) {
      await clock.sleep(LIVE_LOOK_MS, signal)
    }
    return !signal.aborted
  }

  async #apply({ records, scope, planned }: Chunk, range: number): Promise<void> {
    const { clock } = this.#options
    const { work, sink } = this.#given
    const startMs = clock.nowMs()
    const parked = await this.#parkedOf(scope.topic)
    let added = NO_TALLY
    const live: Planned[] = []
    for (const one of planned) {
      if (one.isForOther) continue
      if (one.reason !== null || isWaiting(parked, one)) added = addTallies(added, { ...NO_TALLY, rejected: 1 })
      else live.push(one)
    }
    const delivery = deliveryOf(records, scope, parked)
    const writes = live.flatMap((one) => this.#placed(one, delivery))
    const outcomes = writes.length === 0 ? [] : await work.retry(() => sink.apply(writes, work.signal))
    added = addTallies(added, tallyOfAll(live, outcomes))
    const at = { range, offset: (records.at(-1)?.offset ?? 0) + 1 }
    await this.#settle({ added, at, contests: this.#contests({ writes, outcomes }) })
    this.#pace.took(rowsOf(added), clock.nowMs() - startMs)
  }

  /** What a copy of the table holds is no version of the row. */
  #contests(applied: Applied): readonly FieldConflict[] {
    const { clock, ready } = this.#options
    if (this.#given.scope.into !== null) return []
    return fieldConflicts(applied, { connector: ready.connector, nowMs: clock.nowMs() })
  }

  async #settle({ added, at, contests }: Applying): Promise<void> {
    const { work } = this.#given
    const { records } = this.#options
    const tally = addTallies(this.#tally, added)
    const part = { run: work.order.id, part: 'replay' }
    const step = {
      bookmark: JSON.stringify(at),
      rows: work.progress.rows + rowsOf(added),
      rowsPerSecond: this.#pace.rowsPerSecond,
    }
    await work.step(step, () => {
      const found = contests.map((contest) => contestLeftover(records, contest))
      return Promise.all([...found, tallyRecord(records, { ...tally, ...part })])
    })
    this.#tally = tally
    const verdicts = contests.map(({ verdict }) => verdict)
    this.#options.observer.disputed({ connector: work.order.connector, verdicts })
  }

  #placed({ event, writes, cursor, record, run: copied }: Planned, delivery: Delivery): readonly PlacedWrite[] {
    if (event === null) return []
    const { ready } = this.#options
    const { into } = this.#given.scope
    const [table = ''] = Object.keys(ready.targets)
    const placing = {
      position: event.position,
      cursor,
      lane: laneOf(record),
      reader: ready.connector.name,
      ...delivery,
      ...(copied !== null && { broughtBy: copied.run }),
    }
    const run = this.#given.work.order.id
    return writes.map((write) => ({ ...placing, run, write: into === null ? write : redirect(write, table, into) }))
  }

  async #parkedOf(topic: string): Promise<Parked> {
    const { log, records, ready } = this.#options
    const { signal } = this.#given.work
    const parked =
      this.#parked.get(topic) ?? new Parked(topic, { connector: ready.connector.name, log, records, signal })
    this.#parked.set(topic, parked)
    await this.#given.work.retry(() => parked.refresh())
    return parked
  }
}

/** Of what lies behind the chunk nothing is known here: the delivery may go on with it meanwhile. */
function deliveryOf(chunk: readonly StoredRecord[], cursor: Cursor, parked: Parked): Delivery {
  const scope = cursorScope(cursor)
  const end = (chunk.at(-1)?.offset ?? 0) + 1
  return {
    since: chunk[0]?.offset ?? 0,
    waits: (offset) => offset >= end || parked.waits({ scope, offset }),
  }
}

/** The log hands out what lay together in it, which may be single records. */
async function* gathered(pieces: AsyncIterable<readonly StoredRecord[]>): AsyncIterable<readonly StoredRecord[]> {
  let records: StoredRecord[] = []
  let bytes = 0
  for await (const piece of pieces) {
    records.push(...piece)
    for (const { key, value } of piece) bytes += key.length + (value?.length ?? 0)
    if (records.length < CHUNK && bytes < CHUNK_BYTES) continue
    yield records
    records = []
    bytes = 0
  }
  if (records.length > 0) yield records
}

function isLimited(work: RunWork): boolean {
  return Object.values(work.limits()).some((limit) => limit !== null)
}

/** A dead letter waits for its retry, and what came after it of the same key waits behind it. */
function isWaiting(parked: Parked, { record, cursor }: Planned): boolean {
  const first = parked.behind(record.key)
  if (first === null) return false
  return first.startsWith(`${cursorScope(cursor)}:`) && Number(first.slice(first.lastIndexOf(':') + 1)) <= cursor.offset
}
