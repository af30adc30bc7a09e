// The tables a connector declared: how their items are addressed, and which fields it may write.

import type { TargetTable } from '../../core/connector.ts'
import { covers } from '../../core/covers.ts'
import { MillraceError } from '../../core/errors.ts'
import { fieldNames } from '../../core/field-names.ts'
import type { ItemKey, Write } from '../../core/write.ts'
import type { Attribute, Item } from '../../dynamodb/attribute.ts'
import { PREFIX } from '../../dynamodb/bookkeeping.ts'
import type { ItemRef } from '../item-ref.ts'
import { Rejection } from '../rejection.ts'

const KEY_BYTES_MAX = [2048, 1024] as const

export class TargetTables {
  readonly #tables: Readonly<Record<string, TargetTable>>
  /** Whether a field is owned, by table and field: the same few names come again and again. */
  readonly #owned = new Map<string, boolean>()

  constructor(tables: Readonly<Record<string, TargetTable>>) {
    this.#tables = tables
  }

  get names(): readonly string[] {
    return Object.keys(this.#tables)
  }

  keyNames(table: string): readonly string[] {
    const target = this.#tables[table]
    if (target === undefined) throw invalid(`it writes to ${table}, which is not among its targets`)
    return target.key
  }

  /** The key attributes of an item; throws a Rejection for what DynamoDB takes for no key. */
  key({ table, key }: ItemRef): Item {
    const names = this.keyNames(table)
    const item: Record<string, Attribute> = {}
    for (const [index, name] of names.entries()) item[name] = { S: keyText(key[index], index === 0 ? 0 : 1, name) }
    if (names.length !== key.length) {
      throw invalid(`it gives ${key.length} key values for ${table}, whose key is ${names.join(', ')}`)
    }
    return item
  }

  /** The other way around. */
  keyOf(table: string, item: Item): ItemKey {
    const [partition = '', sort] = this.keyNames(table)
    const first = item[partition]?.S ?? ''
    return sort === undefined ? [first] : [first, item[sort]?.S ?? '']
  }

  /** Nothing may be sent that touches a field of somebody else, or that would lose what is known of an item. */
  checkOwned(write: Write): void {
    if (write.do === 'remove' && write.how === 'delete') {
      throw invalid(
        `it deletes items of ${write.table}, which keep the positions by which older changes are known: flag or tombstone`,
      )
    }
    for (const name of fieldNames(write)) {
      if (!this.#owns(write.table, name)) throw invalid(`it writes ${name} of ${write.table}, which it does not own`)
    }
    if (write.do !== 'identify' && write.do !== 'create') return
    for (const count of write.counts ?? []) this.checkOwned(count)
  }

  #owns(table: string, field: string): boolean {
    const known = this.#owned.get(`${table} ${field}`)
    if (known !== undefined) return known
    const isFree = !field.startsWith(PREFIX) && !this.keyNames(table).includes(field)
    const owned = isFree && (this.#tables[table]?.owns.some((pattern) => covers(pattern, field)) ?? false)
    this.#owned.set(`${table} ${field}`, owned)
    return owned
  }
}

function keyText(text: string | undefined, place: 0 | 1, name: string): string {
  if (text === undefined || text === '') throw new Rejection(`its key ${name} is empty`)
  if (!text.isWellFormed()) throw new Rejection(`its key ${name} holds half a surrogate pair`)
  const bytes = Buffer.byteLength(text)
  if (bytes > KEY_BYTES_MAX[place]) {
    throw new Rejection(`its key ${name} is ${bytes} bytes, over the ${KEY_BYTES_MAX[place]} that DynamoDB allows`)
  }
  return text
}

function invalid(what: string): MillraceError {
  return new MillraceError('CONNECTOR_INVALID', `the connector breaks its own declaration: ${what}`)
}
