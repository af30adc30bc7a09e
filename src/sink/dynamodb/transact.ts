// Puts several items in one transaction, each only if it does not exist.

import type { Item } from '../../dynamodb/attribute.ts'
import { type Reason, ServiceError } from '../../dynamodb/service-error.ts'
import { type Trouble, troubleOf, troubleOfCode } from '../../dynamodb/trouble.ts'
import { Rejection } from '../rejection.ts'
import type { CallIo } from './call-io.ts'
import { unlessExists } from './insert.ts'
import type { Patience } from './patience.ts'
import { itemBytes, writeUnits } from './size.ts'

export interface Put {
  readonly table: string
  readonly item: Item
}

/** Null when all were put; otherwise none was, and these exist already. */
export async function transact(
  io: CallIo,
  puts: readonly Put[],
  patience: Patience,
): Promise<ReadonlySet<number> | null> {
  const TransactItems = puts.map(({ table, item }) => ({
    Put: { TableName: table, Item: item, ...unlessExists(item) },
  }))
  const units = puts.reduce((sum, { item }) => sum + 2 * writeUnits(itemBytes(item)), 0)
  for (;;) {
    try {
      await io.send('TransactWriteItems', { TransactItems }, units)
      return null
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      const existing = judge(error)
      if (existing instanceof Set) return existing
      await patience.after(existing, error, io.signal)
    }
  }
}

/** Which items exist already, or why the transaction has to be tried again. */
function judge(error: ServiceError): Set<number> | Trouble {
  if (troubleOf(error) === 'invalid') throw new Rejection(error.message)
  if (troubleOf(error) !== 'cancelled') throw error
  const troubles = error.reasons.map(({ Code: code = 'None' }) => (code === 'None' ? null : troubleOfCode(code)))
  const invalid = troubles.indexOf('invalid')
  if (invalid >= 0) throw new Rejection(messageOf(error.reasons[invalid]))
  const existing = troubles.flatMap((trouble, index) => (trouble === 'condition' ? [index] : []))
  if (existing.length > 0) return new Set(existing)
  const again = troubles.find(
    (trouble) => trouble === 'throttled' || trouble === 'conflict' || trouble === 'unreachable',
  )
  if (again) return again
  throw error
}

function messageOf(reason: Reason | undefined): string {
  return reason?.Message ?? reason?.Code ?? 'DynamoDB does not take it'
}
