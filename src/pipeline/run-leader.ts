// Starts, pauses and ends runs as their orders say, a few at a time, and keeps their progress.

import { hasFate, type MillraceError } from '../core/errors.ts'
import {
  NO_TALLY,
  type Order,
  type Progress,
  progressKey,
  type RunFault,
  type RunKind,
  type RunState,
  type Tally,
} from '../core/run.ts'
import { RUNS } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { LogRecord, LogWriter } from '../log/log.ts'
import { tillBeat } from './beat.ts'
import type { Bell } from './bell.ts'
import type { Clock } from './clock.ts'
import type { Observer } from './observer.ts'
import { isOver, type Run, type RunBook } from './run-book.ts'
import type { RunEnd, RunKindWork, RunWork, Step } from './run-work.ts'
import { settleRun } from './settle-run.ts'
import type { Attempt } from './supervisor.ts'
import { together } from './together.ts'

export interface RunLeaderOptions {
  readonly writer: LogWriter
  readonly records: RecordCodec
  readonly clock: Clock
  readonly observer: Pick<Observer, 'led' | 'ended'>
  readonly book: RunBook
  /** Rings when something was added to the topic of runs. */
  readonly bell: Bell
  readonly kinds: Readonly<Record<RunKind, RunKindWork>>
}

interface Active {
  order: Order
  readonly ending: AbortController
}

const RUNS_AT_ONCE = 2
const LOOK_MS = 1_000
/** A leader that has lasted for so long is well. */
const SETTLED_MS = 1_000

export class RunLeader {
  readonly #options: RunLeaderOptions
  readonly #attempt: Attempt
  readonly #active = new Map<string, Active>()
  /** The newest progress of each run that went through these hands; nobody else writes it. */
  readonly #written = new Map<string, Progress>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: RunLeaderOptions, attempt: Attempt) {
    this.#options = options
    this.#attempt = attempt
  }

  async run(): Promise<void> {
    const { book, bell, clock, observer } = this.#options
    const startMs = clock.nowMs()
    await together(this.#attempt.signal, async (signal, start) => {
      while (!signal.aborted) {
        await book.refresh()
        for (const run of book.all().toReversed()) await this.#see(run, { signal, start })
        observer.led({ isLeading: true, runs: this.#active.size })
        await bell.wait(clock, tillBeat(clock.nowMs(), LOOK_MS), signal)
        // Whatever fails at once would else be tried again at once, for ever.
        if (clock.nowMs() - startMs > SETTLED_MS) this.#attempt.progress()
      }
    })
  }

  async #see(seen: Run, by: { signal: AbortSignal; start: (task: Promise<void>) => void }): Promise<void> {
    const { order } = seen
    // Since the book was read a run may have ended: it would be begun again, and its rows counted once more.
    const progress = this.#written.get(order.id) ?? seen.progress
    const run = { ...seen, progress }
    const active = this.#active.get(order.id)
    if (active !== undefined) {
      active.order = order
      if (order.wanted !== 'running') active.ending.abort()
      return
    }
    if (isOver(run)) return
    if (order.wanted === 'cancelled') {
      if (progress === null) return this.#put(this.#begun(run), 'cancelled')
      return by.start(this.#callOff(run, by.signal))
    }
    if (order.wanted === 'paused') {
      if (progress?.state !== 'paused') await this.#put(this.#begun(run), 'paused')
      return
    }
    if (this.#active.size < RUNS_AT_ONCE) by.start(this.#carryOut(run, by.signal))
  }

  async #carryOut(run: Run, leading: AbortSignal): Promise<void> {
    const { order } = run
    const ending = new AbortController()
    const active: Active = { order, ending }
    this.#active.set(order.id, active)
    const task = new RunTask(this, { active, signal: AbortSignal.any([leading, ending.signal]) }, this.#begun(run))
    try {
      await task.begin()
      await this.#options.kinds[order.kind].carryOut(task)
      if (leading.aborted) return
      if (ending.signal.aborted) await task.until(leading).yieldTo(active.order.wanted)
      else await task.until(leading).end('done')
    } catch (error) {
      if (leading.aborted) return
      if (ending.signal.aborted && isInterruption(error)) await task.until(leading).yieldTo(active.order.wanted)
      else await task.until(leading).fail(error)
    } finally {
      this.#active.delete(order.id)
      this.#options.bell.ring()
    }
  }

  /** One that was begun and is not worked on now: there may be something to conclude. */
  async #callOff(run: Run, leading: AbortSignal): Promise<void> {
    const active: Active = { order: run.order, ending: new AbortController() }
    this.#active.set(run.order.id, active)
    try {
      await new RunTask(this, { active, signal: leading }, this.#begun(run)).end('cancelled')
    } catch (error) {
      if (!leading.aborted) throw error
    } finally {
      this.#active.delete(run.order.id)
      this.#options.bell.ring()
    }
  }

  #begun({ order, progress }: Run): Progress {
    const nowMs = this.#options.clock.nowMs()
    const fresh = { bookmark: null, rows: 0, rowsExpected: null, rowsPerSecond: 0, startedAtMs: nowMs }
    const known = progress ?? { ...fresh, id: order.id }
    return { ...known, attempt: order.attempt, state: 'running', updatedAtMs: nowMs, endedAtMs: null, fault: null }
  }

  get attempt(): Attempt {
    return this.#attempt
  }

  get options(): RunLeaderOptions {
    return this.#options
  }

  #put(progress: Progress, state: RunState): Promise<void> {
    const nowMs = this.#options.clock.nowMs()
    return this.append({ ...progress, state, endedAtMs: state === 'paused' ? null : nowMs }, async () => [])
  }

  /** One after the other: what is encoded first is appended first, for it may bring a schema along. */
  append(progress: Progress, records: () => Promise<readonly LogRecord[]>): Promise<void> {
    const { writer, records: codec } = this.#options
    const turn = this.#turn.then(async () => {
      const value = await codec.pack('progress', progress)
      await writer.append([...(await records()), { topic: RUNS, key: Buffer.from(progressKey(progress.id)), value }])
      this.#written.set(progress.id, progress)
    })
    // After a failed append nothing is known: whoever is next fails too, until the attempt begins anew.
    this.#turn = turn
    turn.catch(() => undefined)
    return turn
  }
}

/** It only says that the work was broken off. */
function isInterruption(error: unknown): boolean {
  return hasFate(error, 'retry') || (error instanceof Error && error.name === 'AbortError')
}

function needsPerson(error: unknown): error is MillraceError {
  return hasFate(error, 'stop') && error.code !== 'LOG_FENCED'
}

/** One run in the hands of the leader. */
class RunTask implements RunWork {
  readonly #leader: RunLeader
  readonly #active: Active
  readonly signal: AbortSignal
  #progress: Progress

  constructor(leader: RunLeader, { active, signal }: { active: Active; signal: AbortSignal }, progress: Progress) {
    this.#leader = leader
    this.#active = active
    this.signal = signal
    this.#progress = progress
  }

  get order(): Order {
    return this.#active.order
  }

  get progress(): Progress {
    return this.#progress
  }

  limits(): Order['limits'] {
    return this.#active.order.limits
  }

  begin(): Promise<void> {
    return this.#append({}, async () => [])
  }

  async step({ bookmark, rows, rowsPerSecond }: Step, records: () => Promise<readonly LogRecord[]>): Promise<void> {
    await this.#append({ bookmark, rows, rowsPerSecond }, records)
    this.#leader.attempt.progress()
  }

  note(records: () => Promise<readonly LogRecord[]>): Promise<void> {
    return this.#append({}, records)
  }

  async book(): Promise<RunBook> {
    const { book } = this.#leader.options
    await book.refresh()
    return book
  }

  async tally(): Promise<Tally> {
    return (await this.book()).get(this.order.id)?.tally ?? NO_TALLY
  }

  expect(rowsExpected: number | null): void {
    this.#progress = { ...this.#progress, rowsExpected }
  }

  retry<Value>(step: () => Promise<Value>): Promise<Value> {
    return this.#leader.attempt.retry(step, this.signal)
  }

  /** The same task for as long as this signal allows: what is left to do when its own has aborted. */
  until(signal: AbortSignal): RunTask {
    return new RunTask(this.#leader, { active: this.#active, signal }, this.#progress)
  }

  /** Pauses or cancels it. */
  async yieldTo(wanted: Order['wanted']): Promise<void> {
    if (wanted !== 'cancelled') return this.#append({ state: 'paused', rowsPerSecond: 0 }, async () => [])
    await settleRun(this, this.#leader.options.clock)
    if (!this.signal.aborted) await this.end('cancelled')
  }

  async end(state: RunEnd, fault: RunFault | null = null): Promise<void> {
    const { kinds, clock, observer } = this.#leader.options
    await kinds[this.order.kind].conclude?.(this, state, fault).catch((error: unknown) => {
      // Where the target refuses to be told even that, the run still ends; only a run that is done has to say so.
      if (state === 'done' || !needsPerson(error)) throw error
    })
    const endedAtMs = clock.nowMs()
    await this.#append({ state, fault, endedAtMs, rowsPerSecond: 0 }, async () => [])
    const { connector, kind } = this.order
    observer.ended({ connector, kind, state, tookMs: endedAtMs - this.#progress.startedAtMs })
  }

  /** What needs a person ends the run; everything else is for the leader's own attempt to deal with. */
  async fail(error: unknown): Promise<void> {
    if (!needsPerson(error)) throw error
    const { code, message, hint } = error
    await this.end('failed', { code, message, hint })
  }

  async #append(news: Partial<Progress>, records: () => Promise<readonly LogRecord[]>): Promise<void> {
    const progress = { ...this.#progress, ...news, updatedAtMs: this.#leader.options.clock.nowMs() }
    await this.#leader.append(progress, records)
    this.#progress = progress
  }
}
