// What becomes of the writes of a call, one after the other, by what was found of their rows. Behind a rejected write its lane
// waits.

import { describeItem } from '../item-ref.ts'
import { Rejection } from '../rejection.ts'
import type { Outcome, PlacedWrite } from '../sink.ts'
import { type Stamp, stampOf } from '../stamp.ts'
import type { Due } from './count-up.ts'
import { type Deciding, decideCreate, decideMerge, decideRemove } from './decide.ts'
import type { RowState } from './row-state.ts'
import type { RowStates } from './row-states.ts'
import type { RowWrite, TargetTables } from './target-tables.ts'

export interface Task {
  readonly write: RowWrite
  readonly placed: PlacedWrite
  readonly stamp: Stamp
  readonly owner: number
}

export function tasksOf(targets: TargetTables, writes: readonly PlacedWrite[]): readonly Task[] {
  return writes.map((placed, owner) => {
    return { write: targets.checked(placed.write), placed, stamp: stampOf(placed), owner }
  })
}

export interface Decided {
  /** By owner; a write that was not given is stale. */
  readonly outcomes: Outcome[]
  readonly dues: readonly Due[]
}

export interface DecidingCall {
  readonly tasks: readonly Task[]
  /** Writes that the server refused, and why. */
  readonly refused: ReadonlyMap<number, string>
  readonly nowMs: number
  /** What this one decides has to be told to the other side. */
  readonly tell: (task: Task) => void
}

const NONE: readonly string[] = []
/** How the reason begins of what was not tried. */
const BEHIND = 'behind '

export function decideCall(states: RowStates, call: DecidingCall): Decided {
  const rejectedLanes = new Map<string, string>()
  const dues: Due[] = []
  const outcomes: Outcome[] = []
  const calling = { ...call, dues }
  for (const task of call.tasks) {
    const { placed, stamp, owner } = task
    const before = rejectedLanes.size === 0 ? undefined : rejectedLanes.get(placed.lane)
    const outcome: Outcome =
      before === undefined ? decideOne(states, task, calling) : { did: 'rejected', reason: `${BEHIND}${before}` }
    if (before === undefined && outcome.did === 'rejected')
      rejectedLanes.set(placed.lane, `${stamp.mark}, which was rejected`)
    outcomes[owner] = outcome
  }
  return { outcomes, dues }
}

function decideOne(states: RowStates, task: Task, call: DecidingCall & { readonly dues: Due[] }): Outcome {
  const { write, stamp, owner } = task
  try {
    const refused = call.refused.get(owner)
    if (refused !== undefined) throw new Rejection(refused)
    const tell = () => call.tell(task)
    const outcome = outcomeOf(states.of(write), write, { stamp, owner, nowMs: call.nowMs, tell })
    if (outcome.did === 'applied' && write.do === 'create') {
      for (const count of write.counts ?? []) call.dues.push({ count, stamp, owner })
    }
    if (write.do === 'count') call.dues.push({ count: write, stamp, owner })
    return outcome
  } catch (error) {
    if (!(error instanceof Rejection)) throw error
    return rejected(write, error)
  }
}

export function outcomeOf(state: RowState, write: RowWrite, by: Deciding): Outcome {
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
  return write.do === 'merge' && write.contested !== undefined ? write.contested.flatMap(({ fields }) => fields) : NONE
}

export function rejected(write: RowWrite, { message }: Rejection): Outcome {
  return { did: 'rejected', reason: `${describeItem(write)}: ${message}` }
}
