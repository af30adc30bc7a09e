// A call of merges that nobody has overtaken, which most are. Nothing is looked up that can be told from what the server
// answers: the guards are moved on only from where the writes expect them. Where one was not, or a row is not as expected,
// it answers null, and all has to be taken back and done with a look at everything.

import type { Merge } from '../../core/write.ts'
import type { Outcome } from '../sink.ts'
import { type Advance, advanceGuards } from './advance-guards.ts'
import { PLAIN } from './bookkeeping.ts'
import { contestedFields, decideCall, type Task } from './decide-call.ts'
import { foundOf, loadHeld, type Wanted } from './load-rows.ts'
import { Raced } from './raced.ts'
import { isAnyRemoved } from './removals.ts'
import type { RowKey } from './row-key.ts'
import type { Found } from './row-state.ts'
import { RowStates } from './row-states.ts'
import type { TargetTables } from './target-tables.ts'
import { refusalOf, type Statement, statementsOf, type Writing } from './write-rows.ts'

export type PlainTask = Task & { readonly write: Merge }
type Passing = Omit<Writing, 'isLast'> & { readonly targets: TargetTables; readonly nowMs: number }

/** Of a single row the server does not say enough. */
export function isPlain(tasks: readonly Task[]): tasks is readonly PlainTask[] {
  return (
    tasks.length > 1 &&
    tasks.every(({ write, stamp }) => write.do === 'merge' && !write.seed && !write.mends && !stamp.isReplay)
  )
}

export async function quickPass(by: Passing, tasks: readonly PlainTask[]): Promise<readonly Outcome[] | null> {
  try {
    const find = (wanted: Wanted) => take(by, wanted, tasks)
    const writes = tasks.map(({ write }) => write)
    const toLoad = { writes, reads: contestedFields }
    const { outcomes, statements } = decided(by, tasks, await RowStates.load({ ...by, find }, toLoad))
    // A row that is there by now is no reason to try the same again.
    const writing = { ...by, isLast: true }
    for (const statement of statements) if ((await refusalOf(writing, statement)) !== null) return null
    return outcomes
  } catch (error) {
    if (error instanceof Raced) return null
    throw error
  }
}

interface Decided {
  readonly outcomes: readonly Outcome[]
  readonly statements: readonly Statement[]
}

function decided({ nowMs, isMariadb }: Passing, tasks: readonly PlainTask[], states: RowStates): Decided {
  const tell = () => {
    throw new Raced('a row whose changes are told')
  }
  const { outcomes } = decideCall(states, { tasks, refused: new Map(), nowMs, tell })
  const isOther = ({ did, contests }: Outcome) => did !== 'applied' || contests !== undefined
  if (outcomes.some(isOther)) throw new Raced('what a write is held against')
  return { outcomes, statements: statementsOf(states.all, isMariadb) }
}

/** Moves the guards on, as others do before they look at rows: what waits for a guard holds no row that somebody needs. */
async function take(by: Passing, wanted: Wanted, all: readonly PlainTask[]): Promise<(key: RowKey) => Found> {
  const { table } = wanted.shape
  const tasks: PlainTask[] = []
  const lines: Advance[] = []
  for (const { key, places } of wanted.rows) {
    for (const place of places) {
      const task = all[place]
      if (task === undefined) continue
      tasks.push(task)
      lines.push({ row: key.text, guard: task.write.guard ?? PLAIN, position: task.stamp.position })
    }
  }
  const { made, kept } = await advanceGuards(by.session, table, lines)
  if (kept > 0) throw new Raced('the position of a row')
  const named = new Set(lines.filter(({ guard }) => guard !== PLAIN).map(({ row }) => row))
  if (named.size > 0 && (await isAnyRemoved(by.session, table, [...named]))) throw new Raced('a row that was removed')
  const isThere = guess(tasks, made)
  if (isThere === null || wanted.columns.length > 0) {
    const rows = await loadHeld({ ...by, locks: true }, { ...wanted, keys: wanted.rows.map(({ key }) => key) })
    if ([...named].some((row) => !rows.has(row))) throw new Raced('a row that has to be made')
    return ({ text }) => foundOf(rows.get(text), null)
  }
  const found = foundOf(isThere ? {} : undefined, null)
  return () => found
}

/** Whether the rows are there, of which so many were never written to; null where only they can tell. */
function guess(tasks: readonly PlainTask[], made: number): boolean | null {
  // Where one is not that has to be, none of it counts.
  if (made === 0 || tasks.every(({ write }) => write.mustExist !== undefined)) return true
  const isNew = made === tasks.length && tasks.every(({ write }) => write.guard === undefined && !write.mustExist)
  return isNew ? false : null
}
