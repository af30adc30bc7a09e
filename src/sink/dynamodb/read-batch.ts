// Reads many items at once.

import type { Item } from '../../dynamodb/attribute.ts'
import { Patience } from './patience.ts'
import type { Requests } from './requests.ts'

const BATCH_WEIGHT = 8

export interface Read {
  readonly table: string
  readonly key: Item
}

export interface Reading {
  /** These attributes besides the key's; all there are when null. */
  readonly names: readonly string[] | null
  readonly isConsistent: boolean
  readonly signal: AbortSignal
}

interface KeysOfTable {
  readonly Keys: readonly Item[]
}

interface Answer {
  readonly Responses?: Readonly<Record<string, readonly Item[]>>
  readonly UnprocessedKeys?: Readonly<Record<string, KeysOfTable>>
}

/** Null for an item that does not exist. */
export async function readBatch(
  requests: Requests,
  reads: readonly Read[],
  reading: Reading,
): Promise<readonly (Item | null)[]> {
  const { signal } = reading
  const found = new Map<string, Item>()
  const patience = new Patience()
  const terms = { units: 0, weight: BATCH_WEIGHT, signal }
  let asked = request(reads, reading)
  for (;;) {
    const answer = await requests.call<Answer>('BatchGetItem', { RequestItems: asked }, terms)
    for (const [table, items] of Object.entries(answer.Responses ?? {})) collect(found, table, { items, reads })
    asked = { ...answer.UnprocessedKeys }
    if (Object.keys(asked).length === 0) break
    requests.throttled()
    await patience.after('throttled', 'keys of a batch were left unprocessed', signal)
  }
  return reads.map((read) => found.get(identify(read.table, read.key, Object.keys(read.key))) ?? null)
}

function request(reads: readonly Read[], { names, isConsistent }: Reading): Readonly<Record<string, KeysOfTable>> {
  const tables: Record<string, KeysOfTable & { Keys: Item[] }> = {}
  for (const { table, key } of reads) {
    const terms = { ConsistentRead: isConsistent, ...(names && projection([...Object.keys(key), ...names])) }
    tables[table] ??= { Keys: [], ...terms }
    tables[table].Keys.push(key)
  }
  return tables
}

function projection(names: readonly string[]): object {
  return {
    ProjectionExpression: names.map((_, index) => `#n${index}`).join(','),
    ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#n${index}`, name])),
  }
}

interface Page {
  readonly items: readonly Item[]
  readonly reads: readonly Read[]
}

function collect(found: Map<string, Item>, table: string, { items, reads }: Page): void {
  const keyNames = Object.keys(reads.find((read) => read.table === table)?.key ?? {})
  for (const item of items) found.set(identify(table, item, keyNames), item)
}

function identify(table: string, item: Item, keyNames: readonly string[]): string {
  return [table, ...keyNames.map((name) => item[name]?.S)].join('\u0000')
}
