// Adds to the counters of an item, each event once, however often and in whatever pieces its partition is delivered.
// The item itself says which records of each partition it has counted, and an add is conditional on that.

import type { Attribute, Item } from '../../dynamodb/attribute.ts'
import { EXPIRES } from '../../dynamodb/bookkeeping.ts'
import { CountedOffsets } from '../counted-offsets.ts'
import type { ItemRef } from '../item-ref.ts'
import type { Stamp } from '../stamp.ts'
import type { CallIo, UpdateExpressions } from './call-io.ts'
import { ExactSum } from './exact-sum.ts'
import { Expression } from './expression.ts'
import { keyMark } from './marks.ts'
import { quotientsOf, type Ratios } from './ratios.ts'
import { isGreater, Totals } from './totals.ts'

/** What one event adds. */
export interface Due {
  readonly offset: number
  readonly add: Readonly<Record<string, number>>
  readonly greatest: Readonly<Record<string, string | number>>
  readonly owner: number
}

export interface CountUp {
  /** The attribute that holds the account of the reader's partition. */
  readonly scope: string
  readonly delivery: Pick<Stamp, 'since' | 'waits' | 'isRetry'>
  readonly dues: readonly Due[]
  readonly ratios: Ratios
  /** What the item held when it was last seen, so that a right guess costs one request. */
  readonly guess: Item
}

/**
 * Why this is exact. Call an event due when its write made its item, or when it is a plain count. A reader works a
 * partition in order and gets what it has not committed again; which events are due may differ from try to try, for
 * rows that are looked up may have come meanwhile. The account of a partition says: everything below `from` is settled,
 * and of the rest just the events it names are in the counters.
 * - An add and the change of the account are one UpdateItem, conditional on the account being what was seen. So each
 *   event that is due in any try is added once: it is in the account from then on.
 * - `from` moves up to what the reader has committed: no event below comes again to whoever holds the partition.
 * - A crash between creates and count: the events come again, the creates are recognised as made by the same record,
 *   and are due again. A crash after the count: the account names them. Other batch boundaries change only the pieces.
 * - A zombie and its successor may both add; the condition lets the first do it, the other reads the account in the item
 *   that failed the condition and adds what is left.
 * - What one event adds to one item is added at once: a call holds all of its writes.
 * - Other readers, partitions and incarnations of a topic move other attributes of the item.
 * - Nothing is counted of a record that was rejected. It lies below `from` soon and waits as a dead letter; a retry counts
 *   it unless the account names it. It does when an earlier try of the delivery, broken off, had found nothing wrong
 *   with the record, or when the retry itself was broken off: as long as its letter waits, what names it stays.
 * The account stays as short as a batch: it names only what has not been committed yet, and of that which waits, what was
 * counted.
 *
 * Ratios are set by the same update, from the counters that were seen, and it is conditional on these too.
 */
export async function countUp(io: CallIo, ref: ItemRef, count: CountUp): Promise<Item> {
  const { scope, delivery, dues, ratios, guess } = count
  const { since, waits, isRetry } = delivery
  for (let known = guess; ; ) {
    const counted = CountedOffsets.read(known[scope] && (known[scope].S ?? ''))
    const left = dues.filter(({ offset }) => !(isRetry ? counted.names(offset) : counted.has(offset)))
    if (left.length === 0) return known
    const offsets = left.map(({ offset }) => offset)
    const account = { S: String(counted.with(offsets, since, waits)) }
    const attempt = await io.update(ref, addition({ scope, account, dues: left, ratios, mark: keyMark(ref) }, known))
    if (attempt.did) return { ...known, ...attempt.item }
    known = attempt.item ?? {}
  }
}

interface Addition {
  readonly scope: string
  readonly account: Attribute
  readonly dues: readonly Due[]
  readonly ratios: Ratios
  readonly mark: Item
}

function addition({ scope, account, dues, ratios, mark }: Addition, known: Item): UpdateExpressions {
  const totals = new Totals()
  for (const due of dues) totals.add(due)
  const expression = new Expression()
  const is = (name: string) => {
    const seen = known[name]
    const placeholder = expression.name(name)
    return seen === undefined ? `attribute_not_exists(${placeholder})` : `${placeholder} = ${expression.value(seen)}`
  }
  const set = (name: string, value: Attribute) => `${expression.name(name)} = ${expression.value(value)}`
  const conditions = [is(scope)]
  const sets = [set(scope, account), ...Object.entries(mark).map(([name, value]) => set(name, value))]
  for (const [field, value] of totals.greatest) {
    if (!isGreater(value, known[field])) continue
    sets.push(set(field, value))
    const kept = expression.name(field)
    conditions.push(`(attribute_not_exists(${kept}) OR ${kept} <= ${expression.value(value)})`)
  }
  const moved = Object.entries(ratios).filter(([, parts]) => parts.some((part) => totals.sums.has(part)))
  const parts = [...new Set(moved.flatMap(([, of]) => of))]
  conditions.push(...parts.map(is))
  const quotients = quotientsOf(Object.fromEntries(moved), after(parts, known, totals))
  for (const [field, quotient] of quotients) sets.push(set(field, { N: quotient }))
  const adds = [...totals.sums].map(([field, sum]) => `${expression.name(field)} ${expression.value({ N: sum.text })}`)
  return {
    // Counters on what is left of a deleted item keep it from expiring.
    UpdateExpression: `SET ${sets.join(', ')} REMOVE ${expression.name(EXPIRES)}${adds.length === 0 ? '' : ` ADD ${adds.join(', ')}`}`,
    ConditionExpression: conditions.join(' AND '),
    ReturnValues: 'UPDATED_NEW' as const,
    ...expression.placeholders,
  }
}

/** What these counters come to. */
function after(counters: readonly string[], known: Item, { sums }: Totals): Item {
  const sumOf = (name: string) => {
    const sum = new ExactSum()
    sum.add(known[name]?.N ?? 0)
    sum.add(sums.get(name)?.text ?? 0)
    return { N: sum.text }
  }
  return Object.fromEntries(counters.map((name) => [name, sumOf(name)]))
}
