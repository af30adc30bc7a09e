// Who made a change of an item: the sink leaves marks by which its own work is known again.

import { itemMark } from '../../core/item-mark.ts'
import type { Item } from '../../dynamodb/attribute.ts'
import { ADOPTED, CREATED, isCountedName, isPositionName, MARK, PREFIX } from '../../dynamodb/bookkeeping.ts'
import { isSameAttribute } from './item-text.ts'
import type { StreamRecord } from './stream-record.ts'

/** Changed by an application: neither by the sink, nor by nobody (expiry, and writes that change nothing). */
export function isForeign(record: StreamRecord, keyNames: readonly string[]): boolean {
  const { OldImage: before, NewImage: after } = record.dynamodb ?? {}
  if (after === undefined) return !isExpiry(record)
  const changed = changedNames(before ?? {}, after)
  if (changed.every((name) => name.startsWith(PREFIX))) return false
  return isCopy(after, keyNames) || !isOurs(changed, before ?? null, after)
}

/** AWS says that it was the service. DynamoDB Local says nothing, and calls the event by a name of its own. */
function isExpiry({ userIdentity, eventName }: StreamRecord): boolean {
  if (userIdentity?.Type === 'Service' && userIdentity.PrincipalId === 'dynamodb.amazonaws.com') return true
  return eventName !== 'REMOVE'
}

/** Of another item, with all that was noted on that. */
function isCopy(item: Item, keyNames: readonly string[]): boolean {
  const mark = item[MARK]?.S
  return mark !== undefined && mark !== itemMark(keyNames.map((name) => String(item[name]?.S ?? item[name]?.N ?? '')))
}

/**
 * A position that grew, an account of what was counted, or an adoption that is done; of a new item, that it says which
 * record made it: claims and the numbers that an adoption found have no position.
 */
function isOurs(changed: readonly string[], before: Item | null, after: Item): boolean {
  return changed.some((name) => {
    if (name === CREATED) return before === null
    if (name === ADOPTED || isCountedName(name)) return after[name] !== undefined
    return isPositionName(name) && (after[name]?.S ?? '') > (before?.[name]?.S ?? '')
  })
}

function changedNames(before: Item, after: Item): readonly string[] {
  const gone = Object.keys(before).filter((name) => after[name] === undefined)
  return [...gone, ...Object.keys(after).filter((name) => !isSameAttribute(before[name], after[name]))]
}
