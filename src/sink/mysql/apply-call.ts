// One call of apply: one transaction, from the marker to the guards. Each write is decided by what was found and by the
// writes before it; where the server refuses a row, all is taken back and decided anew without the write to blame.

import { formatCursor } from '../../core/cursor.ts'
import { Rejection } from '../rejection.ts'
import type { Outcome, PlacedWrite } from '../sink.ts'
import { PLAIN } from './bookkeeping.ts'
import { accountName, countUp, type Due } from './count-up.ts'
import { isSettled } from './decide.ts'
import { contestedFields, type Decided, decideCall, rejected, type Task, tasksOf } from './decide-call.ts'
import { loadRows, type WantedRow } from './load-rows.ts'
import { markTransaction } from './mark-transaction.ts'
import { isPlain, type PlainTask, quickPass } from './quick-pass.ts'
import type { Guard } from './row-state.ts'
import { RowStates } from './row-states.ts'
import type { Session } from './session.ts'
import type { TargetTables } from './target-tables.ts'
import type { Attempt, Transactions } from './transactions.ts'
import { writeGuards } from './write-guards.ts'
import { writeRows } from './write-rows.ts'

export interface ApplyCallOptions {
  readonly transactions: Transactions
  readonly targets: TargetTables
  readonly nowMs: number
  readonly signal: AbortSignal
  readonly course: Course
}

/** How the calls of a sink go: where one met what is not plain, the next one is not taken for plain either. */
export interface Course {
  isPlain: boolean
}

/** Of a write that another pass is for. */
const NONE: Outcome = { did: 'stale' }

interface Pass {
  readonly session: Session
  readonly isLast: boolean
  /** Capture knows the transaction as ours by the marker that it begins with. */
  readonly isMarked: boolean
}

export class ApplyCall {
  readonly #options: ApplyCallOptions
  readonly #tasks: readonly Task[]
  readonly #writes: readonly PlacedWrite[]
  /** Writes that the server refused, and why. */
  readonly #refused = new Map<number, string>()
  /**
   * Lanes in which a write won against a change of the row's own side. They are written after all others, by a transaction
   * that does not begin with the marker: what they decide is told to the other side as any change of a row is, for it may
   * have come to know of something else meanwhile.
   */
  readonly #told = new Set<string>()
  /** Every row came to something that it had not come to before. */
  #isAllNew = false

  constructor(options: ApplyCallOptions, writes: readonly PlacedWrite[]) {
    this.#options = options
    this.#writes = writes
    this.#tasks = tasksOf(options.targets, writes)
  }

  async run(): Promise<readonly Outcome[]> {
    const { course } = this.#options
    const mayBePlain = isPlain(this.#tasks)
    const plain = mayBePlain && course.isPlain ? await this.#runPlain(this.#tasks) : null
    if (plain !== null) return plain
    const quiet = await this.#pass((task) => !this.#isTold(task), true)
    if (mayBePlain) course.isPlain = this.#isAllNew
    if (this.#told.size === 0) return quiet
    const told = await this.#pass((task) => this.#isTold(task), false)
    return this.#tasks.map((task) => (this.#isTold(task) ? told : quiet)[task.owner] ?? NONE)
  }

  #isTold({ placed }: Task): boolean {
    return this.#told.size > 0 && this.#told.has(placed.lane)
  }

  /** Null where it is more than that. */
  #runPlain(tasks: readonly PlainTask[]): Promise<readonly Outcome[] | null> {
    const { transactions, targets, signal, nowMs } = this.#options
    return transactions.run(signal, async (session) => {
      markTransaction(session, this.#writes)
      const isMariadb = await transactions.isMariadb(session)
      const result = await quickPass({ session, isMariadb, targets, nowMs }, tasks)
      return { result, commits: result !== null }
    })
  }

  async #pass(isMeant: (task: Task) => boolean, isMarked: boolean): Promise<readonly Outcome[]> {
    const { transactions, signal } = this.#options
    for (;;) {
      const outcomes = await transactions.run(signal, (session, isLast) => {
        return this.#attempt({ session, isLast, isMarked }, this.#tasks.filter(isMeant))
      })
      if (outcomes !== null) return outcomes
    }
  }

  /** Null when the server refused some of it. */
  async #attempt(pass: Pass, tasks: readonly Task[]): Promise<Attempt<readonly Outcome[] | null>> {
    const { session, isLast, isMarked } = pass
    const { transactions, nowMs } = this.#options
    if (isMarked) markTransaction(session, this.#writes)
    const isMariadb = await transactions.isMariadb(session)
    const states = await this.#load({ session, isMariadb, locks: true }, tasks)
    const tell = ({ placed }: Task) => void this.#told.add(placed.lane)
    const { outcomes, dues } = decideCall(states, { tasks, refused: this.#refused, nowMs, tell })
    if (isMarked && tasks.some((task) => this.#isTold(task))) return { result: null, commits: false }
    const failures = await writeRows({ session, isMariadb, isLast }, states.all)
    if (failures.size > 0) {
      for (const [owner, reason] of failures) this.#refused.set(owner, reason)
      return { result: null, commits: false }
    }
    await this.#count(session, states, { outcomes, dues })
    await writeGuards(session, states.all)
    this.#isAllNew = states.all.every(({ changedGuards }) => changedGuards.length > 0)
    if (!isMarked) markTransaction(session, this.#writes)
    return { result: outcomes, commits: true }
  }

  #load(by: Parameters<typeof loadRows>[0], tasks: readonly Task[]): Promise<RowStates> {
    const { targets } = this.#options
    const row = ({ places }: WantedRow, guards: ReadonlyMap<string, Guard>) =>
      !places.every((place) => {
        const task = tasks[place]
        return task !== undefined && isSettled(guards, task)
      })
    const writes = tasks.map(({ write }) => write)
    const needed = { row, guards: guardsOf(tasks) }
    const find = (wanted: Parameters<typeof loadRows>[1]) => loadRows(by, wanted, needed)
    return RowStates.load({ session: by.session, targets, find }, { writes, reads: contestedFields })
  }

  /** Nothing of a record that was rejected: it is counted, all of it, when it is retried. */
  async #count(session: Session, states: RowStates, { outcomes, dues }: Decided): Promise<void> {
    const isRejected = new Set(
      this.#tasks.flatMap(({ placed, owner }) =>
        outcomes[owner]?.did === 'rejected' ? [formatCursor(placed.cursor)] : [],
      ),
    )
    const due = dues.filter(({ stamp }) => !isRejected.has(formatCursor(stamp.cursor)))
    for (const together of Map.groupBy(due, accountOf).values()) {
      const [first] = together
      if (first === undefined) continue
      try {
        await countUp(session, states.of(first.count), together)
      } catch (error) {
        if (!(error instanceof Rejection)) throw error
        for (const { count, owner } of together) outcomes[owner] = { ...outcomes[owner], ...rejected(count, error) }
      }
    }
  }
}

/** All that a call can go by: what is not asked for is taken for what nobody has written to. */
function guardsOf(tasks: readonly Task[]): readonly string[] {
  const names = new Set([PLAIN])
  for (const { write, stamp } of tasks) {
    if (write.do === 'merge' || write.do === 'remove') names.add(write.guard ?? PLAIN)
    else names.add(accountName(stamp))
  }
  return [...names]
}

/** The row, and the reader's partition. */
function accountOf({ count, stamp }: Due): string {
  const { topicId, partition } = stamp.cursor
  return JSON.stringify([count.table, count.key, stamp.reader, topicId, partition])
}
