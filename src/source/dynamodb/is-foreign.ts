// Who made a change of an item: the sink leaves marks by which its own work is known again.

import type { AttributeValue, _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams'
import { itemMark } from '../../core/item-mark.ts'
import { isCountedName, isPositionName, MARK, PREFIX } from '../../dynamodb/bookkeeping.ts'

export type Image = Readonly<Record<string, AttributeValue>>

/** Changed by an application: neither by the sink, nor by nobody (expiry, and writes that change nothing). */
export function isForeign({ userIdentity, dynamodb }: StreamRecord, keyNames: readonly string[]): boolean {
  if (userIdentity?.Type === 'Service' && userIdentity.PrincipalId === 'dynamodb.amazonaws.com') return false
  const { OldImage: before = {}, NewImage: after } = dynamodb ?? {}
  if (after === undefined) return true
  const changed = namesOf(before, after).filter((name) => textOf(before[name]) !== textOf(after[name]))
  if (changed.every((name) => name.startsWith(PREFIX))) return false
  return !isOurs(changed, { before, after, keyNames })
}

interface Images {
  readonly before: Image
  readonly after: Image
  readonly keyNames: readonly string[]
}

/** A position that grew, or an account of what was counted; on an item that is not the copy of another. */
function isOurs(changed: readonly string[], { before, after, keyNames }: Images): boolean {
  const mark = after[MARK]?.S
  if (mark !== undefined && mark !== itemMark(keyNames.map((name) => String(after[name]?.S ?? after[name]?.N ?? ''))))
    return false
  return changed.some((name) => {
    if (isCountedName(name)) return after[name] !== undefined
    return isPositionName(name) && (after[name]?.S ?? '') > (before[name]?.S ?? '')
  })
}

function namesOf(before: Image, after: Image): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
}

function textOf(value: AttributeValue | undefined): string {
  return JSON.stringify(value ?? null)
}
