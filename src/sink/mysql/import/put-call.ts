// One call of apply for an import: one transaction. Each row is held against what stands there; what differs is written,
// with what it was before, and what does not is left alone. A row that the server refuses costs itself only.

import type { Merge, Remove, Write } from '../../../core/write.ts'
import { describeItem } from '../../item-ref.ts'
import { Rejection } from '../../rejection.ts'
import type { Outcome, PlacedWrite } from '../../sink.ts'
import { markTransaction } from '../mark-transaction.ts'
import { rowKey } from '../row-key.ts'
import type { TargetShape } from '../target-column.ts'
import type { TargetTables } from '../target-tables.ts'
import type { Server, Transactions } from '../transactions.ts'
import { decidePut, type Put } from './decide-put.ts'
import { keepGone, loadGone } from './gone-table.ts'
import { keepUndo } from './keep-undo.ts'
import { loadBeside } from './load-beside.ts'
import { loadStanding } from './load-standing.ts'
import { type KeyedPut, putFresh } from './put-fresh.ts'
import { type Putting, puttingInto } from './putting.ts'
import { besideName, isUnderWay } from './rebuild.ts'
import type { EnteredRun, KnownRuns } from './runs-table.ts'
import { noteSeen } from './seen-table.ts'
import { sendStanding } from './send-standing.ts'
import type { StandingRow } from './standing-row.ts'

export interface PutCallOptions {
  readonly transactions: Transactions
  readonly targets: TargetTables
  readonly signal: AbortSignal
  /** Tables in which the last call met no row of its own: the next one is likely to meet none, either. */
  readonly fresh: Set<string>
  readonly known: KnownRuns
}

type RowPut = Merge | Remove

interface Task extends Put {
  readonly owner: number
}

interface Keyed extends KeyedPut {
  readonly put: Task
}

const STALE: Outcome = { did: 'stale' }
/** Of what no run has brought. */
const NOBODY: EnteredRun = { run: '', number: 0, isUndone: false }

export async function putCall(
  { transactions, targets, signal, fresh, known }: PutCallOptions,
  writes: readonly PlacedWrite[],
): Promise<readonly Outcome[]> {
  const named = [...new Set(writes.flatMap(({ broughtBy }) => broughtBy ?? []))]
  return transactions.run(signal, async (session) => {
    const { runs, confirm } = await known.enter(session, named)
    const tasks = writes.map(({ write, position, broughtBy = '', run }, owner): Task => {
      const by = runs.get(broughtBy) ?? NOBODY
      return { write: putOf(targets, write), position, isReplay: run !== undefined, owner, by }
    })
    const outcomes = new Map<number, Outcome>()
    const tables = Map.groupBy(tasks, ({ write }) => write.table)
    for (const [table, ofTable] of [...tables].sort(([one], [other]) => (one < other ? -1 : 1))) {
      const { isMariadb, takesFiles } = await transactions.server(session)
      const by = await puttingInto(table, { session, targets, isMariadb, locks: true })
      for (const [run, ofRun] of by.isRebuilt ? byRun(ofTable) : [['', ofTable] as const]) {
        const isBeside = by.isRebuilt && (await isUnderWay(session, { table, run }))
        await putRows({ by, beside: isBeside ? besideOf(by, run) : null, fresh, takesFiles }, ofRun, outcomes)
      }
    }
    await confirm()
    // Last, and not first: capture is to tell of it as of any other's change.
    markTransaction(session, writes)
    const result = tasks.map(({ owner }) => outcomes.get(owner) ?? STALE)
    return { result, commits: true }
  })
}

interface Places extends Pick<PutCallOptions, 'fresh'>, Pick<Server, 'takesFiles'> {
  readonly by: Putting
  /** Where the run that brought the rows rebuilds the table. */
  readonly beside: Putting | null
}

function besideOf(by: Putting, run: string): Putting {
  return { ...by, shape: { ...by.shape, table: besideName({ table: by.shape.table, run }) } }
}

function byRun(tasks: readonly Task[]): Iterable<readonly [string, readonly Task[]]> {
  return Map.groupBy(tasks, ({ by: { run } }) => run)
}

async function putRows(places: Places, tasks: readonly Task[], outcomes: Map<number, Outcome>): Promise<void> {
  const { by, beside, fresh, takesFiles } = places
  const { table } = by.shape
  const keyed = keyedOf(by.shape, tasks, outcomes)
  const put = beside === null && fresh.has(table) ? await putFresh(by, keyed, takesFiles) : null
  if (put === null) {
    fresh.delete(table)
    await putLooking(places, keyed, outcomes)
  } else keyed.forEach(({ put: { owner } }, at) => void outcomes.set(owner, put[at] ?? STALE))
  if (by.keepsSeen) await noteAllSeen(by, keyed)
}

async function putLooking(
  { by, beside, fresh }: Places,
  keyed: readonly Keyed[],
  outcomes: Map<number, Outcome>,
): Promise<void> {
  const deleting = keyed.find(({ put: { write } }) => write.do === 'remove')?.put
  const keys = keyed.map(({ key }) => key)
  const { rows, toBring } =
    beside === null
      ? { rows: await loadStanding(by, keys, deleting?.by.run ?? null), toBring: new Set<StandingRow>() }
      : await loadBeside(by, beside, keys)
  await loadGone(by, rows.values())
  if (keyed.length > 0 && [...rows.values()].every(({ found }) => found === null)) fresh.add(by.shape.table)
  /** The last write that changed a row stands for it. */
  const owners = new Map<StandingRow, Task>()
  for (const { put, key } of keyed) {
    const row = rows.get(key.text)
    if (row === undefined) continue
    try {
      const before = row.now
      outcomes.set(put.owner, decidePut(row, put))
      if (row.now !== before) owners.set(row, put)
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      outcomes.set(put.owner, rejected(put, error.message))
    }
  }
  const changed = [...owners.keys()].filter(({ isChanged }) => isChanged)
  // What is only in the table in use is not in the one beside it.
  const isThere = (row: StandingRow) => row.found !== null && !toBring.has(row)
  const refused = await sendStanding(beside ?? by, [...new Set([...changed, ...toBring])], isThere)
  for (const [row, reason] of refused) {
    const task = owners.get(row)
    if (task !== undefined) outcomes.set(task.owner, rejected(task, reason))
  }
  // What the swap changes is kept when it is about to happen.
  if (beside !== null) return
  const written = changed.filter((row) => !refused.has(row))
  await keepUndo(by, new Map(written.map((row) => [row, owners.get(row)?.by.run ?? ''])))
  if (deleting !== undefined)
    await keepGone(
      by,
      [...rows.values()].filter((row) => row.now === null && !refused.has(row)),
    )
}

/** Rows that were refused are still there in the source. */
async function noteAllSeen(by: Putting, keyed: readonly Keyed[]): Promise<void> {
  const standing = keyed.filter(({ put }) => put.write.do === 'merge')
  for (const [run, ofRun] of Map.groupBy(standing, ({ put }) => put.by.run)) {
    const keys = ofRun.map(({ key }) => key)
    await noteSeen(by, run, keys)
  }
}

function keyedOf(shape: TargetShape, tasks: readonly Task[], outcomes: Map<number, Outcome>): readonly Keyed[] {
  const keyed: Keyed[] = []
  for (const put of tasks) {
    try {
      keyed.push({ put, key: rowKey(shape, put.write.key) })
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      outcomes.set(put.owner, rejected(put, error.message))
    }
  }
  return keyed
}

function rejected({ write }: Task, reason: string): Outcome {
  return { did: 'rejected', reason: `${describeItem(write)}: ${reason}` }
}

function putOf(targets: TargetTables, write: Write): RowPut {
  const checked = targets.checked(write)
  if (checked.do === 'merge' || checked.do === 'remove') return checked
  throw new RangeError(`an import merges and removes rows of ${checked.table}, and knows no ${checked.do}`)
}
