// The canary's items in DynamoDB: one in a table that each connector follows, put as an application puts one, so that the
// stream shows it like anybody's change.

import { CANARY, canaryKeyOf } from '../../core/canary.ts'
import type { Finding } from '../../core/finding.ts'
import type { Address } from '../../dynamodb/client-config.ts'
import { Transport } from '../../dynamodb/transport.ts'
import { troubleOf } from '../../dynamodb/trouble.ts'
import type { Canary } from '../canary.ts'
import { named } from './named.ts'

/** Whose canary is put into which table. */
export interface CanaryItem {
  readonly connector: string
  readonly table: string
}

export interface DynamodbCanaryOptions extends Address {
  readonly items: readonly CanaryItem[]
}

interface Described {
  readonly Table?: { readonly KeySchema?: readonly { readonly AttributeName: string }[] }
}

export async function openDynamodbCanary({ items, ...address }: DynamodbCanaryOptions): Promise<Canary> {
  return new DynamodbCanary(await Transport.open(address), items)
}

class DynamodbCanary implements Canary {
  readonly #transport: Transport
  readonly #items: readonly CanaryItem[]
  readonly #keys = new Map<string, readonly string[]>()

  constructor(transport: Transport, items: readonly CanaryItem[]) {
    this.#transport = transport
    this.#items = items
  }

  async check(): Promise<Finding> {
    const { signal } = new AbortController()
    const check = 'canary of DynamoDB'
    const tables = this.#items.map(({ table }) => table).join(', ')
    // A condition that nothing meets: only the right is tried.
    const never = 'attribute_exists(#canary) AND attribute_not_exists(#canary)'
    const tried = { ConditionExpression: never, ExpressionAttributeNames: { '#canary': CANARY } }
    try {
      for (const item of this.#items) await this.#put(item, { tried, signal })
    } catch (error) {
      const trouble = troubleOf(error)
      if (trouble === 'denied') {
        const detail = `items may not be put into ${tables}, so nothing goes the whole way from there while nothing else moves; dynamodb:PutItem allows it`
        return { check, isOk: true, detail }
      }
      if (trouble !== 'condition') throw named(trouble, error)
    }
    return { check, isOk: true, detail: `an item may be put into ${tables}: lag is measured also when nothing moves` }
  }

  async sing(signal: AbortSignal): Promise<void> {
    try {
      for (const item of this.#items) await this.#put(item, { tried: {}, signal })
    } catch (error) {
      throw named(troubleOf(error), error)
    }
  }

  async close(): Promise<void> {
    this.#transport.close()
  }

  async #put(
    { connector, table }: CanaryItem,
    { tried, signal }: { readonly tried: object; readonly signal: AbortSignal },
  ): Promise<void> {
    const key = (await this.#keyOf(table, signal)).map((name) => [name, { S: canaryKeyOf(connector) }])
    const Item = { ...Object.fromEntries(key), [CANARY]: { S: String(Date.now()) } }
    await this.#transport.call('PutItem', { TableName: table, Item, ...tried }, signal)
  }

  async #keyOf(table: string, signal: AbortSignal): Promise<readonly string[]> {
    const known = this.#keys.get(table)
    if (known !== undefined) return known
    const { Table } = await this.#transport.call<Described>('DescribeTable', { TableName: table }, signal)
    const key = (Table?.KeySchema ?? []).map(({ AttributeName: name }) => name)
    this.#keys.set(table, key)
    return key
  }
}
