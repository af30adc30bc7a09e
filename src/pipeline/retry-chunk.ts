// Some dead letters of one partition, tried together: read, planned, applied, and what then has to be appended.

import type { Conflict } from '../core/conflict.ts'
import type { Connector } from '../core/connector.ts'
import { type Cursor, cursorScope, formatCursor } from '../core/cursor.ts'
import { type DeadLetter, deadLane, deadLetterKey } from '../core/dead-letter.ts'
import type { FieldConflict, Verdict } from '../core/field-conflict.ts'
import { addTallies, NO_TALLY, type Tally } from '../core/run.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log, LogRecord } from '../log/log.ts'
import type { Clash, Outcome, PlacedWrite, Sink } from '../sink/sink.ts'
import type { Clock } from './clock.ts'
import type { DeadEntry, DeadIndex } from './dead-index.ts'
import { deadRecord } from './dead-record.ts'
import { fieldConflicts } from './field-conflicts.ts'
import { conflictLeftover, contestLeftover, letterGone, letterLeftover, rejectionsOf } from './leftovers.ts'
import { type Loaded, loadLetters } from './load-letters.ts'
import type { Observer } from './observer.ts'
import type { Plan, Planned } from './plan.ts'
import { tallyOf } from './run-counts.ts'
import type { RunWork } from './run-work.ts'
import { Stopwatch } from './stopwatch.ts'
import { tallyRecord } from './tally-record.ts'

export interface RetryChunkOptions {
  readonly log: Log
  readonly records: RecordCodec
  readonly clock: Clock
  readonly plan: Plan
  readonly sink: Sink
  readonly connector: Connector
  readonly observer: Pick<Observer, 'disputed'>
}

export interface Tried {
  /** Rows of which a letter was rejected again. */
  readonly rejected: readonly string[]
  /** The run's, so far. */
  readonly tally: Tally
  readonly verdicts: readonly Verdict[]
  readonly records: () => Promise<readonly LogRecord[]>
}

interface Applied {
  /** By index; none of those that were not tried. */
  readonly outcomes: ReadonlyMap<number, readonly Outcome[]>
  readonly contests: readonly FieldConflict[]
}

const PART = 'retry'
const LETTERS_MAX = 100
const BYTES_MAX = 8 * 1024 * 1024

interface Settled {
  readonly gone: DeadLetter[]
  readonly again: DeadLetter[]
  readonly rejected: Set<string>
  readonly clashes: Conflict[]
  readonly contests: readonly FieldConflict[]
  tally: Tally
}

export class RetryChunk {
  readonly #options: RetryChunkOptions
  readonly #work: RunWork
  readonly #index: DeadIndex
  #tally: Tally = NO_TALLY

  constructor(options: RetryChunkOptions, work: RunWork, index: DeadIndex) {
    this.#options = options
    this.#work = work
    this.#index = index
  }

  /** What earlier attempts of the run have counted. */
  async begin(): Promise<void> {
    this.#tally = await this.#work.retry(() => this.#work.tally())
  }

  /** Null when there is nothing left of them. */
  async try(entries: readonly DeadEntry[]): Promise<Tried | null> {
    const { log, plan, clock } = this.#options
    const { signal } = this.#work
    const letters = await this.#work.retry(() => this.#load(entries))
    const [first] = letters
    if (first === undefined) return null
    const { cursor: scope } = first.letter
    const records = await this.#work.retry(() =>
      Promise.all(letters.map(({ letter }) => deadRecord(log, letter, signal))),
    )
    const by = { signal, watch: new Stopwatch(clock) }
    const planned = await this.#work.retry(() => plan.make(records, scope, by))
    const applied = await this.#apply(planned, letters)
    const settled = this.#settle(planned, letters, applied)
    const verdicts = settled.contests.map(({ verdict }) => verdict)
    return { rejected: [...settled.rejected], tally: settled.tally, verdicts, records: () => this.#leftovers(settled) }
  }

  /** What was tried is on record. */
  settled({ tally, verdicts }: Tried): void {
    this.#tally = tally
    this.#options.observer.disputed({ connector: this.#options.connector.name, verdicts })
  }

  async #load(entries: readonly DeadEntry[]): Promise<readonly Loaded[]> {
    const { log, records } = this.#options
    await this.#index.refresh()
    return loadLetters({ log, records, index: this.#index }, entries, this.#work.signal)
  }

  async #apply(planned: readonly Planned[], letters: readonly Loaded[]): Promise<Applied> {
    const end = Math.max(...planned.map(({ cursor }) => cursor.offset)) + 1
    const stopped = new Set<string>()
    const live = planned.flatMap((one, index) => {
      const lane = letters[index]?.lane ?? ''
      if (one.reason !== null) stopped.add(lane)
      return stopped.has(lane) ? [] : [{ index, writes: this.#placed(one, letters[index], end) }]
    })
    const writes = live.flatMap((one) => one.writes)
    const { signal } = this.#work
    const { sink, connector, clock } = this.#options
    const outcomes = writes.length === 0 ? [] : await this.#work.retry(() => sink.apply(writes, signal))
    let at = 0
    const byIndex = live.map(({ index, writes: own }): [number, readonly Outcome[]] => {
      at += own.length
      return [index, outcomes.slice(at - own.length, at)]
    })
    const contests = fieldConflicts({ writes, outcomes }, { connector, nowMs: clock.nowMs() })
    return { outcomes: new Map(byIndex), contests }
  }

  /**
   * Counters take it as the record it was. What they remember of other letters stays as long as these wait; of those
   * behind the chunk, of which nothing may have been heard here yet, in any case.
   */
  #placed({ event, writes, cursor, run }: Planned, loaded: Loaded | undefined, end: number): readonly PlacedWrite[] {
    if (event === null || loaded === undefined) return []
    const scope = cursorScope(cursor)
    const waits = (offset: number) => offset >= end || this.#index.waits({ scope, offset })
    const placing = { cursor, lane: deadLane(loaded.letter), reader: this.#work.order.connector, since: 0, waits }
    const brought = run === null ? {} : { broughtBy: run.run }
    return writes.map((write) => ({ write, position: event.position, ...placing, ...brought, isRetry: true }))
  }

  #settle(planned: readonly Planned[], letters: readonly Loaded[], { outcomes, contests }: Applied): Settled {
    const settled: Settled = {
      ...{ gone: [], again: [], rejected: new Set(), clashes: [], contests, tally: this.#tally },
    }
    planned.forEach(({ reason, writes }, index) => {
      const { lane, letter } = letters[index] ?? {}
      if (lane === undefined || letter === undefined || settled.rejected.has(lane)) return
      const own = outcomes.get(index) ?? []
      const why = reason ?? own.flatMap(rejectionsOf)[0]
      const tally = reason === null ? tallyOf(writes, own) : { ...NO_TALLY, rejected: 1 }
      settled.tally = addTallies(settled.tally, tally)
      settled.clashes.push(...this.#clashes(letter.cursor, own.flatMap(clashesOf)))
      if (why === undefined) settled.gone.push(letter)
      else {
        settled.rejected.add(lane)
        settled.again.push({ ...letter, reason: why, attempts: letter.attempts + 1 })
      }
    })
    return settled
  }

  #clashes(cursor: Cursor, clashes: readonly Clash[]): readonly Conflict[] {
    const { connector } = this.#work.order
    const foundAtMs = this.#options.clock.nowMs()
    return clashes.map((clash) => ({ ...clash, connector, cursor: formatCursor(cursor), foundAtMs }))
  }

  async #leftovers({ gone, again, clashes, contests, tally }: Settled): Promise<readonly LogRecord[]> {
    const { records } = this.#options
    const run = this.#work.order.id
    // One that a person dropped meanwhile must not come back.
    await this.#index.refresh()
    const kept = again.filter((letter) => this.#index.get(deadLetterKey(letter)) !== null)
    return Promise.all([
      ...gone.map(letterGone),
      ...kept.map((letter) => letterLeftover(records, letter)),
      ...clashes.map((clash) => conflictLeftover(records, clash)),
      ...contests.map((contest) => contestLeftover(records, contest)),
      tallyRecord(records, { ...tally, run, part: PART }),
    ])
  }
}

/** By partition, the one first in which a letter died first, so that one incarnation of a topic goes before the next. */
export function chunksOf(entries: readonly DeadEntry[]): readonly (readonly DeadEntry[])[] {
  const scopes = [...Map.groupBy(entries, ({ cursor }) => cursorScope(cursor)).values()]
  const firstOf = (scope: readonly DeadEntry[]) => scope[0]?.firstDiedAtMs ?? 0
  return scopes.toSorted((one, other) => firstOf(one) - firstOf(other)).flatMap(cut)
}

function cut(scope: readonly DeadEntry[]): readonly (readonly DeadEntry[])[] {
  const chunks: DeadEntry[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const entry of scope.toSorted((one, other) => one.cursor.offset - other.cursor.offset)) {
    bytes += entry.bytes
    const chunk = chunks.at(-1)
    if (chunk !== undefined && chunk.length < LETTERS_MAX && bytes <= BYTES_MAX) chunk.push(entry)
    else {
      chunks.push([entry])
      bytes = entry.bytes
    }
  }
  return chunks
}

function clashesOf(outcome: Outcome): readonly Clash[] {
  return [...(outcome.clashes ?? []), ...(outcome.dependents ?? []).flatMap(clashesOf)]
}
