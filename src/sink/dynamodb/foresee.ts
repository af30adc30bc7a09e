// What apply would do with a write, as the target stands now; nothing is written. A venue that was filled by somebody
// else and was not adopted yet shows as new: only adopting it would tell.

import type { Identify, Merge, Remove, Write } from '../../core/write.ts'
import type { Item } from '../../dynamodb/attribute.ts'
import { EXPIRES, HOLDER, positionName } from '../../dynamodb/bookkeeping.ts'
import { describeItem } from '../item-ref.ts'
import type { Outcome, PlacedWrite } from '../sink.ts'
import { type Stamp, stampOf } from '../stamp.ts'
import type { CallIo } from './call-io.ts'
import { ABSENT, contestsOn } from './contest.ts'
import { isMadeBy } from './marks.ts'

export function foresee(io: CallIo, placed: PlacedWrite): Promise<Outcome> {
  return outcomeOf(io, placed.write, stampOf(placed))
}

async function outcomeOf(io: CallIo, write: Write, stamp: Stamp): Promise<Outcome> {
  switch (write.do) {
    case 'create': {
      const item = await io.read(write)
      if (item === null || isMadeBy(item, stamp)) return { did: 'applied' }
      return item[EXPIRES] === undefined
        ? { did: 'exists' }
        : { did: isNewer(item, undefined, stamp) ? 'applied' : 'stale' }
    }
    case 'merge':
      return write.mustExist || write.contested !== undefined
        ? ofContested(io, write, stamp)
        : ofGuarded(io, write, stamp)
    case 'remove':
      return ofGuarded(io, write, stamp)
    case 'identify':
      return ofIdentify(io, write, stamp)
    case 'count':
      return { did: 'applied' }
  }
}

async function ofGuarded(io: CallIo, write: Merge | Remove, stamp: Stamp): Promise<Outcome> {
  const guard = positionName(write.guard)
  const { Item: item } = await io.send<{ Item?: Item }>('GetItem', {
    ...{ TableName: write.table, Key: io.targets.key(write), ConsistentRead: true },
    ...{ ProjectionExpression: '#g', ExpressionAttributeNames: { '#g': guard } },
  })
  if (write.do === 'merge' && write.seed) return { did: item?.[guard] === undefined ? 'applied' : 'exists' }
  return { did: isNewer(item ?? {}, write.guard, stamp) ? 'applied' : 'stale' }
}

async function ofContested(io: CallIo, write: Merge, stamp: Stamp): Promise<Outcome> {
  const item = await io.whole(write)
  if (!isNewer(item ?? {}, write.guard, stamp)) return { did: 'stale' }
  const isThere = item !== null && item[EXPIRES] === undefined
  if (write.mustExist === 'or-pass' && !isThere) return { did: 'stale' }
  if (write.mustExist !== undefined && !isThere) return { did: 'rejected', reason: `${describeItem(write)}: ${ABSENT}` }
  const contests = contestsOn(write, item, Date.now())
  return { did: 'applied', ...(contests.length === 0 ? {} : { contests }) }
}

async function ofIdentify(io: CallIo, write: Identify, stamp: Stamp): Promise<Outcome> {
  const names = [write.pin, write.self, ...write.claims].filter((name) => name !== undefined)
  const claims = await Promise.all(names.map((name) => io.read({ table: write.table, key: [write.within, name] })))
  const holder = claims.find((claim) => claim?.[HOLDER] !== undefined)?.[HOLDER]?.S
  const writes = write.dependents?.(holder ?? write.id) ?? []
  const dependents = await Promise.all(
    writes.map(async (dependent) => ({ ...(await outcomeOf(io, dependent, stamp)), do: dependent.do })),
  )
  if (holder === undefined) return { did: 'applied', made: true, dependents }
  if (!write.merge) return { did: 'exists', dependents }
  const into: Merge = { ...write, do: 'merge', key: write.key(holder), fields: write.fields }
  return { ...(await ofGuarded(io, into, stamp)), dependents }
}

function isNewer(item: Item, guard: string | undefined, { position }: Stamp): boolean {
  const held = item[positionName(guard)]?.S
  return held === undefined || held < position
}
