// remove: what a delete in the source leaves. The item keeps the position of the delete, so that an older event that is
// replayed cannot bring it back; only an item nobody else has written to is given an end.

import type { Remove } from '../../core/write.ts'
import type { Item } from '../../dynamodb/attribute.ts'
import { CURSOR, DELETED_AT, EXPIRES, PREFIX, positionName } from '../../dynamodb/bookkeeping.ts'
import type { Outcome } from '../sink.ts'
import type { Stamp } from '../stamp.ts'
import type { CallIo } from './call-io.ts'
import { Expression } from './expression.ts'
import { keyMark } from './marks.ts'
import { newerThan, outcomeOf, setExpression } from './merge.ts'

export interface RemoveOptions {
  readonly stamp: Stamp
  /** When an item of which nothing is left may go: seconds since 1970. */
  readonly expiresAt: number
}

export async function remove(io: CallIo, write: Remove, { stamp, expiresAt }: RemoveOptions): Promise<Outcome> {
  const expression = new Expression()
  const guard = positionName(write.guard)
  const marks = {
    [DELETED_AT]: { S: write.deletedAt },
    [guard]: { S: stamp.position },
    [CURSOR]: { S: stamp.mark },
    ...keyMark(write),
  }
  const attempt = await io.update(write, {
    UpdateExpression: setExpression(expression, marks, write.how === 'tombstone' ? write.fields : []),
    ConditionExpression: newerThan(expression, guard, stamp),
    ReturnValues: 'ALL_NEW',
    ...expression.placeholders,
  })
  const outcome = outcomeOf(attempt, guard, stamp)
  if (write.how === 'tombstone' && outcome.did === 'applied') await end(io, write, { item: attempt.item, expiresAt })
  return outcome
}

interface End {
  readonly item: Item | null
  readonly expiresAt: number
}

/** In a request of its own, because only the answer to the first says whether anything of somebody else is left. */
async function end(io: CallIo, write: Remove, { item, expiresAt }: End): Promise<void> {
  const lastWrite = item?.[CURSOR]
  if (item === null || lastWrite === undefined || item[EXPIRES] !== undefined || item[DELETED_AT] === undefined) return
  const keyNames = io.targets.keyNames(write.table)
  const isEmpty = Object.keys(item).every((name) => name.startsWith(PREFIX) || keyNames.includes(name))
  if (!isEmpty) return
  const expression = new Expression()
  await io.update(write, {
    UpdateExpression: setExpression(expression, { [EXPIRES]: { N: String(expiresAt) } }, []),
    // Whatever was written meanwhile, under this guard or another, has changed the cursor and must not expire.
    ConditionExpression: `${expression.name(CURSOR)} = ${expression.value(lastWrite)}`,
    ...expression.placeholders,
  })
}
