// merge: set the given fields and nothing else, unless the item already holds a newer position.

import type { Fields } from '../../core/value.ts'
import type { Item } from '../../dynamodb/attribute.ts'
import { CURSOR, DELETED_AT, EXPIRES, positionName } from '../../dynamodb/bookkeeping.ts'
import type { ItemRef } from '../item-ref.ts'
import type { Outcome } from '../sink.ts'
import type { Stamp } from '../stamp.ts'
import { toItem } from './attributes.ts'
import type { Attempt, CallIo } from './call-io.ts'
import { Expression } from './expression.ts'
import { keyMark, rowMark } from './marks.ts'

/** What a newer write takes away from a tombstone. */
export const REVIVE: readonly string[] = [DELETED_AT, EXPIRES]

export interface MergeInto extends ItemRef {
  readonly fields: Fields
  readonly guard?: string
  /** The own claim of the row that the fields are of. */
  readonly self?: string
  readonly mends?: boolean
}

export async function merge(io: CallIo, into: MergeInto, stamp: Stamp): Promise<Outcome> {
  const expression = new Expression()
  const guard = positionName(into.guard)
  const marks = { [guard]: { S: stamp.position }, [CURSOR]: { S: stamp.mark }, ...keyMark(into), ...rowMark(into.self) }
  const set = { ...toItem(into.fields), ...marks }
  const gone = Object.keys(into.fields).filter((name) => into.fields[name] === null)
  const attempt = await io.update(into, {
    UpdateExpression: setExpression(expression, set, [...gone, ...REVIVE]),
    ConditionExpression: guarded(expression, into, stamp),
    ...expression.placeholders,
  })
  return outcomeOf(attempt, guard, stamp)
}

export function guarded(expression: Expression, { guard, mends }: Pick<MergeInto, 'guard' | 'mends'>, stamp: Stamp) {
  const name = positionName(guard)
  return mends ? notOlder(expression, name, stamp) : newerThan(expression, name, stamp)
}

/** An item that exists without this position is older than every event. */
export function newerThan(expression: Expression, guard: string, stamp: Stamp): string {
  const name = expression.name(guard)
  return `attribute_not_exists(${name}) OR ${name} < ${expression.value({ S: stamp.position })}`
}

function notOlder(expression: Expression, guard: string, stamp: Stamp): string {
  const name = expression.name(guard)
  return `attribute_not_exists(${name}) OR ${name} <= ${expression.value({ S: stamp.position })}`
}

export function setExpression(expression: Expression, set: Item, remove: readonly string[]): string {
  const sets = Object.entries(set).map(([name, value]) => `${expression.name(name)} = ${expression.value(value)}`)
  const removes = remove.map((name) => expression.name(name))
  return `SET ${sets.join(', ')}${removes.length === 0 ? '' : ` REMOVE ${removes.join(', ')}`}`
}

/**
 * A position equal to ours was written by an earlier try of the same record whose answer was lost. In a replay it is what
 * the first delivery wrote, unless the item's mark names the replay.
 */
export function outcomeOf(attempt: Attempt, guard: string, stamp: Stamp): Outcome {
  const isEqual = attempt.item?.[guard]?.S === stamp.position
  const isOurs = isEqual && (!stamp.isReplay || attempt.item?.[CURSOR]?.S === stamp.mark)
  return { did: attempt.did || isOurs ? 'applied' : 'stale' }
}
