// A merge of fields that the other side owns too, or of an item that must be there. It is sent as if nobody else had
// changed anything; where somebody has, the policy settles it, and what it settled holds only for the values it saw.

import { type Contested, type Settled, type Side, settle } from '../../core/contested.ts'
import type { Field, Fields } from '../../core/value.ts'
import type { Merge } from '../../core/write.ts'
import type { Attribute, Item } from '../../dynamodb/attribute.ts'
import { CONTESTS, CURSOR, DELETED_AT, EXPIRES, positionName } from '../../dynamodb/bookkeeping.ts'
import { Rejection } from '../rejection.ts'
import type { Contest, Outcome } from '../sink.ts'
import type { Stamp } from '../stamp.ts'
import { fromItem, toItem } from './attributes.ts'
import type { CallIo } from './call-io.ts'
import { Expression } from './expression.ts'
import { keyMark } from './marks.ts'
import { guarded, outcomeOf, REVIVE, setExpression } from './merge.ts'
import { Patience } from './patience.ts'

const FROM: Side = 'mysql'
export const ABSENT = 'there is no such item, and it makes none'

export interface ContestOptions {
  readonly stamp: Stamp
  readonly nowMs: () => number
}

export async function contest(io: CallIo, write: Merge, options: ContestOptions): Promise<Outcome> {
  const { stamp } = options
  const guard = positionName(write.guard)
  const patience = new Patience()
  for (let trial = expected(write); ; ) {
    const attempt = await send(io, write, { stamp, trial })
    if (attempt.did) return { did: 'applied', ...contestsOf(write, trial.verdicts) }
    const { item } = attempt
    const position = item?.[guard]?.S
    if (item !== null && position !== undefined && isOver(position, write, stamp)) {
      return { ...outcomeOf(attempt, guard, stamp), ...contestsOf(write, remembered(item, stamp)) }
    }
    if (write.mustExist !== undefined && !isThere(item)) {
      if (write.mustExist === 'or-pass') return { did: 'stale' }
      throw new Rejection(ABSENT)
    }
    // It is tried at once with what came back; only who is beaten to it again and again has to wait.
    if (trial.isInformed) await patience.after('conflict', 'others keep writing to the same fields', io.signal)
    trial = informed(write, item, options.nowMs())
  }
}

/** Larger ones would take too much of what DynamoDB allows an item: they are on record unless the process dies just then. */
const MEMORY_LENGTH_MAX = 32_768

/** How the groups of a merge would be settled by what an item holds; none where both sides agree. */
export function contestsOn(write: Merge, item: Item | null, nowMs: number): readonly Contest[] {
  return contestsOf(write, informed(write, item, nowMs).verdicts).contests ?? []
}

/** A merge as it would mend an item: without the groups that it would not win, and only over what the item holds now. */
export function mendingOf(write: Merge, item: Item, nowMs: number): Merge {
  const { contested = [], ...rest } = write
  const { lost } = informed({ ...write, contested: contested.map((one) => ({ ...one, before: null })) }, item, nowMs)
  const fields = Object.fromEntries(Object.entries(write.fields).filter(([name]) => !lost.has(name)))
  const won = contested.filter((one) => one.fields.every((name) => !lost.has(name)))
  const seen = won.map((one) => ({ ...one, before: fromItem(pick(item, one.fields)) }))
  return { ...rest, fields, ...(seen.length === 0 ? {} : { contested: seen }), mends: true }
}

/** What became of a group that both sides changed, and what the item held then. */
interface Verdict {
  readonly group: string
  readonly wins: Settled['wins']
  readonly why: string
  readonly held: Item
}

interface Trial {
  /** Null where there is nothing to lose: the item is not there. */
  readonly believed: Item | null
  /** Whether the item itself said so, and not the source. */
  readonly isInformed: boolean
  /** What is not written, for the item's version counts. */
  readonly lost: ReadonlySet<string>
  readonly verdicts: readonly Verdict[]
}

function expected({ contested = [] }: Merge): Trial {
  const believed: Item = Object.assign({}, ...contested.map(({ fields, before }) => toItem(pick(before ?? {}, fields))))
  return { believed, isInformed: false, lost: new Set(), verdicts: [] }
}

function informed({ contested = [], fields: incoming }: Merge, item: Item | null, nowMs: number): Trial {
  if (!isThere(item)) return { believed: null, isInformed: true, lost: new Set(), verdicts: [] }
  const lost = new Set<string>()
  const verdicts: Verdict[] = []
  for (const one of contested) {
    const held = pick(item, one.fields)
    // What is noted on an item whose row is gone is no version of the row that comes back.
    const version = DELETED_AT in item ? null : fromItem(held)
    const versions = { from: FROM, incoming: pick(incoming, one.fields), held: version, nowMs }
    const { wins, conflict } = settle(one, versions)
    if (wins !== 'incoming') for (const name of one.fields) lost.add(name)
    if (conflict !== null) verdicts.push({ group: one.group, wins, why: conflict, held })
  }
  return { believed: item, isInformed: true, lost, verdicts }
}

interface Sending {
  readonly stamp: Stamp
  readonly trial: Trial
}

/** The position and the cursor move on also where the item's version counts: the target has dealt with this event. */
function send(io: CallIo, write: Merge, { stamp, trial }: Sending) {
  const expression = new Expression()
  const guard = positionName(write.guard)
  const fields = Object.fromEntries(Object.entries(write.fields).filter(([name]) => !trial.lost.has(name)))
  const marks = { [guard]: { S: stamp.position }, [CURSOR]: { S: stamp.mark }, ...keyMark(write) }
  const memory = memoryOf(trial.verdicts, stamp)
  const gone = Object.keys(fields).filter((name) => fields[name] === null)
  const forgotten = CONTESTS in memory ? [] : [CONTESTS]
  return io.update(write, {
    UpdateExpression: setExpression(expression, { ...toItem(fields), ...marks, ...memory }, [
      ...[...gone, ...REVIVE, ...forgotten],
    ]),
    ConditionExpression: conditionOf(io, write, { expression, stamp, trial }),
    ...expression.placeholders,
  })
}

function conditionOf(io: CallIo, write: Merge, { expression, stamp, trial }: Sending & { expression: Expression }) {
  const [partition = ''] = io.targets.keyNames(write.table)
  const key = expression.name(partition)
  const guard = `(${guarded(expression, write, stamp)})`
  const { believed, isInformed } = trial
  if (believed === null) return `attribute_not_exists(${key}) OR (${guard} AND ${isEnded(expression)})`
  const names = (write.contested ?? []).flatMap(({ fields }) => fields)
  const there = [`attribute_exists(${key})`, guard, ...names.map((name) => holds(expression, name, believed[name]))]
  if (write.mustExist) there.push(`attribute_not_exists(${expression.name(EXPIRES)})`)
  const asBelieved = there.join(' AND ')
  // What a verdict leaves out would be missing in an item that has gone meanwhile.
  return write.mustExist || isInformed ? asBelieved : `attribute_not_exists(${key}) OR (${asBelieved})`
}

function isEnded(expression: Expression): string {
  return `attribute_exists(${expression.name(EXPIRES)})`
}

function holds(expression: Expression, name: string, value: Attribute | undefined): string {
  const placeholder = expression.name(name)
  return value === undefined ? `attribute_not_exists(${placeholder})` : `${placeholder} = ${expression.value(value)}`
}

function isThere(item: Item | null): item is Item {
  return item !== null && item[EXPIRES] === undefined
}

function isOver(position: string, { mends }: Merge, stamp: Stamp): boolean {
  return mends ? position > stamp.position : position >= stamp.position
}

function contestsOf({ contested = [], table, key, fields }: Merge, verdicts: readonly Verdict[]): Partial<Outcome> {
  const contests = verdicts.flatMap(({ group, wins, why, held }): Contest[] => {
    const one = contested.find((each) => each.group === group)
    if (one === undefined) return []
    const versions = { incoming: pick(fields, one.fields), held: fromItem(held), before: beforeOf(one) }
    return [{ table, key, row: one.row, group, policy: one.policy, wins, why, ...versions }]
  })
  return contests.length === 0 ? {} : { contests }
}

function beforeOf({ before, fields }: Contested): Fields | null {
  return before === null ? null : pick(before, fields)
}

/** Who has lost the answer, or crashed before the conflict was on record, finds it in the item. */
function memoryOf(verdicts: readonly Verdict[], { mark }: Stamp): Item {
  const text = JSON.stringify({ mark, verdicts })
  return verdicts.length === 0 || text.length > MEMORY_LENGTH_MAX ? {} : { [CONTESTS]: { S: text } }
}

function remembered(item: Item, { mark }: Stamp): readonly Verdict[] {
  const memory = JSON.parse(item[CONTESTS]?.S ?? 'null') as { mark: string; verdicts: readonly Verdict[] } | null
  return memory?.mark === mark ? memory.verdicts : []
}

function pick<Of extends Attribute | Field>(from: Readonly<Record<string, Of>>, names: readonly string[]) {
  return Object.fromEntries(names.flatMap((name): [string, Of][] => (name in from ? [[name, from[name] as Of]] : [])))
}
