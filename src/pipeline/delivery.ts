// One batch of one partition on its way into the sink: planned and applied chunk by chunk, the next chunk's lookups
// while the current one is applied, and committed once, with the dead letters and conflicts it leaves behind.

import { setImmediate } from 'node:timers/promises'
import { isOfCanary } from '../core/canary.ts'
import type { Conflict } from '../core/conflict.ts'
import type { Connector, SyncSpec } from '../core/connector.ts'
import { type Cursor, cursorScope, formatCursor } from '../core/cursor.ts'
import type { DeadLetter } from '../core/dead-letter.ts'
import { hasFate } from '../core/errors.ts'
import type { FieldConflict } from '../core/field-conflict.ts'
import { keyText, laneNumber } from '../core/lane.ts'
import { NO_TALLY, type RunTag } from '../core/run.ts'
import { venueRun } from '../core/sync.ts'
import type { Write } from '../core/write.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { LogBatch, LogRecord, StoredRecord } from '../log/log.ts'
import type { Outcome, PlacedWrite, Sink } from '../sink/sink.ts'
import type { ChunkSize } from './chunk-size.ts'
import type { Clock } from './clock.ts'
import { type DueRecord, dueRecord } from './due-record.ts'
import { fieldConflicts } from './field-conflicts.ts'
import { conflictLeftover, contestLeftover, letterLeftover, rejectionsOf } from './leftovers.ts'
import type { Delivered, Written } from './observer.ts'
import type { Parked } from './parked.ts'
import type { Plan } from './plan.ts'
import { PlannedWrite, type Reading } from './planned-write.ts'
import { type RunCounts, talliesByVenue } from './run-counts.ts'
import { Stopwatch } from './stopwatch.ts'
import type { Attempt } from './supervisor.ts'
import { TallySum } from './tally-sum.ts'
import { Underway } from './underway.ts'

export interface DeliveryOptions {
  readonly connector: Connector
  /** Null where the connector has no venues. */
  readonly venueOf: SyncSpec['venueOf'] | null
  readonly plan: Plan
  readonly sink: Sink
  readonly records: RecordCodec
  readonly clock: Clock
  readonly size: ChunkSize
  /** How many chunks may be on their way into the sink, where their rows do not meet. */
  readonly callsAtOnce: number
  readonly counts: RunCounts
  readonly attempt: Attempt
}

interface Outcomes {
  readonly outcomes: readonly Outcome[]
  readonly at: number
}

export class Delivery {
  readonly #options: DeliveryOptions
  readonly #batch: LogBatch
  readonly #parked: Parked
  readonly #watch: Stopwatch
  readonly #reading: Reading
  readonly #letters: DeadLetter[] = []
  readonly #clashes: Conflict[] = []
  readonly #contests: FieldConflict[] = []
  readonly #written: Written[] = []
  readonly #changedAtMs: number[] = []
  /** What became of the rows of runs, by run, and by venue where the run asks for that. */
  readonly #tallies = new Map<string, TallySum>()
  /** Keys whose order was interrupted in this batch, with the first event that did. */
  readonly #blocked = new Map<string, Cursor>()

  constructor(options: DeliveryOptions, batch: LogBatch, parked: Parked) {
    this.#options = options
    this.#batch = batch
    this.#parked = parked
    this.#watch = new Stopwatch(options.clock)
    const scope = cursorScope(batch.next)
    const waits = (offset: number) => parked.waits({ scope, offset })
    this.#reading = { reader: options.connector.name, since: batch.from, waits }
  }

  get #isOfCanary(): boolean {
    return isOfCanary(this.#batch.next.topic)
  }

  async run(): Promise<Delivered> {
    const { records, next } = this.#batch
    await this.#applyAll()
    const part = cursorScope(next)
    const { counts } = this.#options
    const added = new Map([...this.#tallies].map(([run, sum]) => [run, sum.tally]))
    const sums = await counts.with(added, part)
    const also = [...(await this.#leftovers()), ...(await counts.pack(sums, part))]
    await this.#watch.time('commit', () => this.#batch.commit(also))
    counts.keep(sums, part)
    for (const letter of this.#letters) this.#parked.add(letter)
    return {
      connector: this.#options.connector.name,
      next,
      records: records.length,
      dead: this.#letters.length,
      clashes: this.#clashes.length,
      verdicts: this.#contests.map(({ verdict }) => verdict),
      writes: this.#written,
      stagesMs: this.#watch.stagesMs,
      changedAtMs: this.#changedAtMs,
    }
  }

  async #applyAll(): Promise<void> {
    const { records } = this.#batch
    const underway = new Underway(this.#options.callsAtOnce)
    try {
      let planned = this.#plan(0)
      for (let start = 0; start < records.length; ) {
        const chunk = await planned
        start += chunk.length
        const lanes = () => new Set(chunk.map(({ record }) => laneNumber(record.key)))
        const begun = underway.start(lanes, () => this.#watch.time('apply', () => this.#apply(chunk)))
        // Behind it: the target is not to wait while the next one is planned.
        if (start < records.length) planned = setImmediate().then(() => this.#plan(start))
        // A failure is met when the chunk's turn comes; until then it must not count as unhandled.
        planned.catch(() => undefined)
        await begun
      }
      await underway.drained()
    } finally {
      await underway.ended()
    }
  }

  async #plan(start: number): Promise<readonly DueRecord[]> {
    const { plan, size, attempt } = this.#options
    const { records, next } = this.#batch
    const chunk = records.slice(start, start + size.events)
    if (chunk.length === 0) return []
    const { signal } = attempt
    const planned = await attempt.retry(() => plan.make(chunk, next, { signal, watch: this.#watch }), signal)
    return planned.map(dueRecord)
  }

  async #apply(chunk: readonly DueRecord[]): Promise<void> {
    const { size, clock, connector } = this.#options
    const startMs = clock.nowMs()
    const live = chunk.filter((planned) => !planned.isForOther && this.#isFree(planned))
    const writes: PlacedWrite[] = []
    for (const planned of live) {
      for (const write of planned.writes) writes.push(new PlannedWrite(write, planned, this.#reading))
    }
    const outcomes = writes.length === 0 ? [] : await this.#outcomes(writes)
    this.#contests.push(...fieldConflicts({ writes, outcomes }, { connector, nowMs: clock.nowMs() }))
    let at = 0
    for (const planned of live) {
      this.#settle(planned, outcomes, at)
      at += planned.writes.length
    }
    if (live.length > 0) size.took(live.length, clock.nowMs() - startMs)
  }

  async #outcomes(writes: readonly PlacedWrite[]): Promise<readonly Outcome[]> {
    const { sink, attempt } = this.#options
    try {
      return await attempt.retry(() => sink.apply(writes, attempt.signal), attempt.signal)
    } catch (error) {
      // Rights may hold for the user's keys alone: no connector stops for the canary.
      if (!this.#isOfCanary || !hasFate(error, 'stop')) throw error
      return writes.map(() => ({ did: 'rejected', reason: error.code }))
    }
  }

  /** Whether an event may be applied; if not it goes to the dead topic, and its key waits. */
  #isFree({ record, reason, changedAtMs, run }: DueRecord): boolean {
    if (changedAtMs !== null && run === null) this.#changedAtMs.push(changedAtMs)
    const behind = this.#behind(record)
    const why = behind ?? reason
    if (why === null) return true
    this.#reject(record, why)
    if (run !== null) this.#sumOf(run.run).add({ ...NO_TALLY, rejected: 1 })
    return false
  }

  #sumOf(run: string): TallySum {
    const sum = this.#tallies.get(run) ?? new TallySum()
    this.#tallies.set(run, sum)
    return sum
  }

  /** The outcomes of a record's writes begin at `at`. */
  #countOutcomes({ run, isByVenue }: RunTag, writes: readonly Write[], { outcomes, at }: Outcomes): void {
    this.#sumOf(run).row(writes, outcomes, at)
    const { venueOf } = this.#options
    if (!isByVenue || venueOf === null) return
    const tallies = talliesByVenue(writes, outcomes.slice(at, at + writes.length), venueOf)
    for (const [venue, tally] of tallies) this.#sumOf(venueRun(run, venue)).add(tally)
  }

  #behind({ key, offset }: StoredRecord): string | null {
    // A row from outside is all there is to know of it: a later one needs no earlier one.
    if (this.#options.connector.source === 'import') return null
    const parked = this.#parked.behind(key)
    if (parked !== null) return `behind ${parked}`
    const blocked = this.#blocked.get(keyText(key))
    return blocked === undefined || blocked.offset >= offset ? null : `behind ${formatCursor(blocked)}`
  }

  #settle({ record, writes, run }: DueRecord, outcomes: readonly Outcome[], at: number): void {
    if (run !== null) this.#countOutcomes(run, writes, { outcomes, at })
    let rejected: string | undefined
    for (let index = 0; index < writes.length; index++) {
      const outcome = outcomes[at + index]
      if (outcome === undefined) continue
      this.#note(record, writes[index]?.table ?? '', outcome)
      rejected ??= rejectionsOf(outcome)[0]
    }
    if (rejected !== undefined) this.#reject(record, this.#behind(record) ?? rejected)
  }

  #note(record: StoredRecord, table: string, outcome: Outcome): void {
    this.#written.push(this.#writtenTo(table, outcome))
    const { connector, clock } = this.#options
    for (const clash of outcome.clashes ?? []) {
      const cursor = formatCursor({ ...this.#batch.next, offset: record.offset })
      this.#clashes.push({ ...clash, connector: connector.name, cursor, foundAtMs: clock.nowMs() })
    }
    for (const dependent of outcome.dependents ?? []) this.#note(record, table, dependent)
  }

  /** Most of a batch are the same: then it is one. */
  #writtenTo(table: string, { did }: Outcome): Written {
    const last = this.#written.at(-1)
    return last?.table === table && last.did === did ? last : { table, did }
  }

  #reject(record: StoredRecord, reason: string): void {
    // One that does not arrive is missed all the same.
    if (this.#isOfCanary) return
    const {
      connector: { name: connector },
      clock,
    } = this.#options
    const cursor = { ...this.#batch.next, offset: record.offset }
    const { key, value, timeMs } = record
    this.#letters.push({ connector, reason, attempts: 1, cursor, key, value, timeMs, diedAtMs: clock.nowMs() })
    const first = this.#blocked.get(keyText(key))
    if (first === undefined || first.offset > cursor.offset) this.#blocked.set(keyText(key), cursor)
  }

  async #leftovers(): Promise<readonly LogRecord[]> {
    const { records } = this.#options
    const inOrder = this.#letters.toSorted((one, other) => one.cursor.offset - other.cursor.offset)
    const letters = inOrder.map((letter) => letterLeftover(records, letter))
    const clashes = this.#clashes.map((clash) => conflictLeftover(records, clash))
    const contests = this.#contests.map((contest) => contestLeftover(records, contest))
    return Promise.all([...letters, ...clashes, ...contests])
  }
}
