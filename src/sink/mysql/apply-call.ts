// One call of apply: one transaction, from the marker to the guards. Each write is decided by what was found and by the
// writes before it; where the server refuses a row, all is taken back and decided anew without the write to blame.

import { formatCursor } from '../../core/cursor.ts'
import { describeItem, type ItemRef } from '../item-ref.ts'
import { Rejection } from '../rejection.ts'
import type { Outcome, PlacedWrite } from '../sink.ts'
import { type Stamp, stampOf } from '../stamp.ts'
import { countUp, type Due } from './count-up.ts'
import { type Deciding, decideCreate, decideMerge, decideRemove } from './decide.ts'
import { markTransaction } from './mark-transaction.ts'
import type { RowState } from './row-state.ts'
import { RowStates } from './row-states.ts'
import type { Session } from './session.ts'
import type { RowWrite, TargetTables } from './target-tables.ts'
import type { Attempt, Transactions } from './transactions.ts'
import { writeGuards } from './write-guards.ts'
import { writeRows } from './write-rows.ts'

export interface ApplyCallOptions {
  readonly transactions: Transactions
  readonly targets: TargetTables
  readonly nowMs: number
  readonly signal: AbortSignal
}

/** How the reason begins of what was not tried. */
const BEHIND = 'behind '

/** Of a write that another pass is for. */
const NONE: Outcome = { did: 'stale' }

interface Pass {
  readonly session: Session
  readonly isLast: boolean
  /** Capture knows the transaction as ours by the marker that it begins with. */
  readonly isMarked: boolean
}

interface Task {
  readonly write: RowWrite
  readonly placed: PlacedWrite
  readonly stamp: Stamp
  readonly owner: number
}

interface Decided {
  readonly outcomes: Outcome[]
  readonly dues: readonly Due[]
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

  constructor(options: ApplyCallOptions, writes: readonly PlacedWrite[]) {
    this.#options = options
    this.#writes = writes
    this.#tasks = writes.map((placed, owner) => {
      return { write: options.targets.checked(placed.write), placed, stamp: stampOf(placed), owner }
    })
  }

  async run(): Promise<readonly Outcome[]> {
    const quiet = await this.#pass(({ placed }) => !this.#told.has(placed.lane), true)
    if (this.#told.size === 0) return quiet
    const told = await this.#pass(({ placed }) => this.#told.has(placed.lane), false)
    return this.#tasks.map(({ placed, owner }) => (this.#told.has(placed.lane) ? told : quiet)[owner] ?? NONE)
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
    const { targets, transactions } = this.#options
    if (isMarked) await markTransaction(session, this.#writes)
    const isMariadb = await transactions.isMariadb(session)
    const writes = tasks.map(({ write }) => write)
    const states = await RowStates.load(
      { session, isMariadb, locks: true, targets },
      { writes, reads: contestedFields },
    )
    const { outcomes, dues } = this.#decide(states, tasks)
    if (isMarked && tasks.some(({ placed }) => this.#told.has(placed.lane))) return { result: null, commits: false }
    const failures = await writeRows({ session, isMariadb, isLast }, states.all)
    if (failures.size > 0) {
      for (const [owner, reason] of failures) this.#refused.set(owner, reason)
      return { result: null, commits: false }
    }
    await this.#count(session, states, { outcomes, dues })
    await writeGuards(session, states.all)
    if (!isMarked) await markTransaction(session, this.#writes)
    return { result: outcomes, commits: true }
  }

  #decide(states: RowStates, tasks: readonly Task[]): Decided {
    const rejectedLanes = new Map<string, string>()
    const dues: Due[] = []
    const outcomes: Outcome[] = this.#tasks.map(() => NONE)
    for (const task of tasks) {
      const { placed, stamp, owner } = task
      const before = rejectedLanes.get(placed.lane)
      const outcome: Outcome =
        before === undefined ? this.#decideOne(states, task, dues) : { did: 'rejected', reason: `${BEHIND}${before}` }
      if (before === undefined && outcome.did === 'rejected')
        rejectedLanes.set(placed.lane, `${stamp.mark}, which was rejected`)
      outcomes[owner] = outcome
    }
    return { outcomes, dues }
  }

  #decideOne(states: RowStates, { write, stamp, owner, placed }: Task, dues: Due[]): Outcome {
    try {
      const refused = this.#refused.get(owner)
      if (refused !== undefined) throw new Rejection(refused)
      const tell = () => void this.#told.add(placed.lane)
      const outcome = outcomeOf((ref) => states.of(ref), write, { stamp, owner, nowMs: this.#options.nowMs, tell })
      if (outcome.did === 'applied' && write.do === 'create') {
        for (const count of write.counts ?? []) dues.push({ count, stamp, owner })
      }
      if (write.do === 'count') dues.push({ count: write, stamp, owner })
      return outcome
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      return rejected(write, error)
    }
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

export function outcomeOf(stateOf: (ref: ItemRef) => RowState, write: RowWrite, by: Deciding): Outcome {
  const state = stateOf(write)
  switch (write.do) {
    case 'create':
      return decideCreate(state, write, by)
    case 'merge':
      return decideMerge(state, write, by)
    case 'remove':
      return decideRemove(state, write, by)
    case 'count':
      // What is delivered once more was counted the first time.
      return { did: by.stamp.isReplay ? 'exists' : 'applied' }
  }
}

export function contestedFields(write: RowWrite): readonly string[] {
  return write.do === 'merge' ? (write.contested ?? []).flatMap(({ fields }) => fields) : []
}

export function rejected(write: RowWrite, { message }: Rejection): Outcome {
  return { did: 'rejected', reason: `${describeItem(write)}: ${message}` }
}

/** The row, and the reader's partition. */
function accountOf({ count, stamp }: Due): string {
  const { topicId, partition } = stamp.cursor
  return JSON.stringify([count.table, count.key, stamp.reader, topicId, partition])
}
