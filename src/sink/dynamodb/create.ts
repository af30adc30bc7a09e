// create: put the item unless there is one, and never touch one that is there. Our own tombstone is not one: a row that
// was deleted and came back revives it.

import type { Create } from '../../core/write.ts'
import type { Item } from '../../dynamodb/attribute.ts'
import { CREATED, EXPIRES, positionName } from '../../dynamodb/bookkeeping.ts'
import type { Outcome } from '../sink.ts'
import type { Stamp } from '../stamp.ts'
import { toItem } from './attributes.ts'
import type { CallIo } from './call-io.ts'
import { Expression } from './expression.ts'
import { birthMarks, isMadeBy, keyMark } from './marks.ts'
import { REVIVE, setExpression } from './merge.ts'

export async function create(io: CallIo, write: Create, stamp: Stamp): Promise<Outcome> {
  const item = { ...toItem(write.fields), ...birthMarks(stamp) }
  for (;;) {
    if ((await io.insert(write, item)) === 'inserted') return { did: 'applied' }
    const known = await io.read(write)
    // What stood there has gone meanwhile: its time had come, or somebody deleted it.
    if (known === null) continue
    if (isMadeBy(known, stamp)) return { did: 'applied' }
    if (known[EXPIRES] === undefined) return { did: 'exists' }
    const outcome = await revive(io, write, { item, stamp })
    if (outcome !== null) return outcome
  }
}

interface Revival {
  readonly item: Item
  readonly stamp: Stamp
}

/** Null when the tombstone has gone. */
async function revive(io: CallIo, write: Create, { item, stamp }: Revival): Promise<Outcome | null> {
  const expression = new Expression()
  const position = expression.name(positionName(undefined))
  const condition = [
    `attribute_exists(${expression.name(EXPIRES)})`,
    `${position} < ${expression.value({ S: stamp.position })}`,
  ]
  const attempt = await io.update(write, {
    UpdateExpression: setExpression(expression, { ...item, ...keyMark(write) }, REVIVE),
    ConditionExpression: condition.join(' AND '),
    ...expression.placeholders,
  })
  if (attempt.did) return { did: 'applied' }
  if (attempt.item === null) return null
  if (attempt.item[CREATED]?.S === stamp.mark) return { did: 'applied' }
  return { did: attempt.item[EXPIRES] === undefined ? 'exists' : 'stale' }
}
