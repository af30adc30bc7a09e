// Inserts in bulk: plain PartiQL INSERTs, 25 to a request, each of which leaves an item that exists as it is.

import type { Item } from '../../dynamodb/attribute.ts'
import { ServiceError } from '../../dynamodb/service-error.ts'
import { type Trouble, troubleOf, troubleOfCode } from '../../dynamodb/trouble.ts'
import type { ItemRef } from '../item-ref.ts'
import { Rejection } from '../rejection.ts'
import { named } from './named.ts'
import { Patience } from './patience.ts'
import { Recent } from './recent.ts'
import type { Requests } from './requests.ts'
import { writeUnits } from './size.ts'

export type Inserted = 'inserted' | 'duplicate'

export interface Insert {
  readonly ref: ItemRef
  readonly item: Item
  readonly bytes: number
}

/** DynamoDB allows 8192 characters. */
const STATEMENT_LENGTH_MAX = 8000
const BATCH_WEIGHT = 8

const statements = new Recent<string>(1_000)

/** Null where the item has too many attributes for a statement. */
export function statementOf({ ref, item }: Insert): string | null {
  const names = Object.keys(item)
  const id = `${ref.table}\u0000${names.join('\u0000')}`
  let statement = statements.get(id)
  if (statement === undefined) {
    const fields = names.map((name) => `'${name.replaceAll("'", "''")}':?`)
    statement = `INSERT INTO "${ref.table}" VALUE {${fields.join(',')}}`
    statements.set(id, statement)
  }
  return statement.length > STATEMENT_LENGTH_MAX ? null : statement
}

interface StatementAnswer {
  readonly Error?: { readonly Code?: string; readonly Message?: string }
}

interface BatchAnswer {
  readonly Responses?: readonly StatementAnswer[]
}

export async function insertBatch(
  requests: Requests,
  inserts: readonly Insert[],
  signal: AbortSignal,
): Promise<readonly (Inserted | Error)[]> {
  const [first] = inserts
  if (first !== undefined && inserts.length === 1) return [await insertOne(requests, first, signal).catch(asRejection)]
  const outcomes = new Array<Inserted | Error>(inserts.length)
  const patience = new Patience()
  let left = [...inserts.keys()]
  while (left.length > 0) {
    const tried = left
    const answers = await execute(requests, pick(inserts, tried), signal)
    left = []
    let trouble: Trouble = 'throttled'
    for (const [index, at] of tried.entries()) {
      const outcome = judge(answers[index])
      if (typeof outcome === 'object' && 'again' in outcome) {
        left.push(at)
        trouble = outcome.again
      } else outcomes[at] = outcome
    }
    if (left.length === 0) break
    if (trouble === 'throttled') requests.throttled()
    await patience.after(trouble, 'single statements of a batch were refused', signal)
  }
  return outcomes
}

function pick(inserts: readonly Insert[], indexes: readonly number[]): readonly Insert[] {
  return indexes.flatMap((index) => inserts[index] ?? [])
}

interface Again {
  readonly again: Trouble
}

function judge(answer: StatementAnswer | Inserted | Error | undefined): Inserted | Error | Again {
  if (answer === undefined) return { again: 'unreachable' }
  if (typeof answer === 'string' || answer instanceof Error) return answer
  const { Code: code, Message: message } = answer.Error ?? {}
  if (code === undefined) return 'inserted'
  if (code === 'DuplicateItem' || code === 'ConditionalCheckFailed') return 'duplicate'
  const trouble = troubleOfCode(code)
  if (trouble === 'invalid') return new Rejection(message ?? code)
  if (trouble === 'throttled' || trouble === 'unreachable' || trouble === 'conflict') return { again: trouble }
  return named(trouble, `${code}: ${message}`)
}

async function execute(
  requests: Requests,
  inserts: readonly Insert[],
  signal: AbortSignal,
): Promise<readonly (StatementAnswer | Inserted | Error)[]> {
  const input = {
    Statements: inserts.map((insert) => ({ Statement: statementOf(insert), Parameters: Object.values(insert.item) })),
  }
  const terms = { units: sumUnits(inserts), weight: BATCH_WEIGHT, signal }
  try {
    const answer = await requests.call<BatchAnswer>('BatchExecuteStatement', input, terms)
    return answer.Responses ?? []
  } catch (error) {
    if (troubleOf(error) !== 'invalid') throw error
    // One statement that DynamoDB cannot even read fails its whole batch: each alone shows which one.
    return Promise.all(inserts.map((insert) => insertOne(requests, insert, signal).catch(asRejection)))
  }
}

function asRejection(error: unknown): Rejection {
  if (error instanceof Rejection) return error
  throw error
}

export async function insertOne(requests: Requests, insert: Insert, signal: AbortSignal): Promise<Inserted> {
  const { ref, item, bytes } = insert
  const input = { TableName: ref.table, Item: item, ...unlessExists(item) }
  try {
    await requests.call('PutItem', input, { units: writeUnits(bytes), weight: 1, signal })
    return 'inserted'
  } catch (error) {
    const trouble = troubleOf(error)
    if (trouble === 'condition') return 'duplicate'
    if (trouble === 'invalid' && error instanceof ServiceError) throw new Rejection(error.message)
    throw error
  }
}

/** An item always has its first key attribute, and the key comes first in what we send. */
export function unlessExists(item: Item): object {
  const [partitionKey = ''] = Object.keys(item)
  return { ConditionExpression: 'attribute_not_exists(#k)', ExpressionAttributeNames: { '#k': partitionKey } }
}

function sumUnits(inserts: readonly Insert[]): number {
  return inserts.reduce((sum, { bytes }) => sum + writeUnits(bytes), 0)
}
