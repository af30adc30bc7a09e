// A merge that only seeds: it brings in what the log does not hold, unless the item was ever merged under this guard.
// Whether it was never becomes untrue, so it is remembered and repeats cost nothing.

import { OLDEST } from '../../core/position.ts'
import type { Merge } from '../../core/write.ts'
import { CURSOR, EXPIRES, positionName } from '../../dynamodb/bookkeeping.ts'
import { itemId } from '../item-ref.ts'
import type { Outcome } from '../sink.ts'
import type { Stamp } from '../stamp.ts'
import { toItem } from './attributes.ts'
import type { CallIo } from './call-io.ts'
import { Expression } from './expression.ts'
import { keyMark } from './marks.ts'
import { setExpression } from './merge.ts'
import type { SinkMemory } from './sink-memory.ts'

export interface SeedOptions {
  readonly stamp: Stamp
  readonly memory: SinkMemory
}

export async function seed(io: CallIo, write: Merge, { stamp, memory }: SeedOptions): Promise<Outcome> {
  const guard = positionName(write.guard)
  const known = `${itemId(write)}\u0000${guard}`
  if (memory.seeded.get(known)) return { did: 'exists' }
  const expression = new Expression()
  // Every merge counts as newer: it may bring fields that the seed does not know, from before the record that seeds.
  const set = { ...toItem(write.fields), [guard]: { S: OLDEST }, [CURSOR]: { S: stamp.mark }, ...keyMark(write) }
  const attempt = await io.update(write, {
    UpdateExpression: setExpression(expression, set, [EXPIRES]),
    ConditionExpression: `attribute_not_exists(${expression.name(guard)})`,
    ...expression.placeholders,
  })
  memory.seeded.set(known, true)
  return { did: attempt.did || attempt.item?.[CURSOR]?.S === stamp.mark ? 'applied' : 'exists' }
}
