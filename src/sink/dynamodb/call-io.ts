// What one call of apply asks of DynamoDB: inserts and reads gathered in batches, everything else one by one.

import type { Attribute, Item } from '../../dynamodb/attribute.ts'
import { READ_BACK } from '../../dynamodb/bookkeeping.ts'
import { ServiceError } from '../../dynamodb/service-error.ts'
import { troubleOf } from '../../dynamodb/trouble.ts'
import { type ItemRef, itemId } from '../item-ref.ts'
import { Rejection } from '../rejection.ts'
import { Gather } from './gather.ts'
import { type Insert, type Inserted, insertBatch, insertOne, statementOf } from './insert.ts'
import { keyMark } from './marks.ts'
import { type Read, readBatch } from './read-batch.ts'
import type { Requests } from './requests.ts'
import { ITEM_BYTES_MAX, itemBytes, writeUnits } from './size.ts'
import type { TargetTables } from './target-tables.ts'
import { Waves } from './waves.ts'

const INSERTS_MAX = 25
const READS_MAX = 100
const BATCH_BYTES_MAX = 4 * 1024 * 1024

interface CallIoOptions {
  readonly requests: Requests
  readonly targets: TargetTables
  readonly signal: AbortSignal
  /** False where an answer that is a moment old will do, at half the price; true when left out. */
  readonly isConsistent?: boolean
}

interface Reads {
  readonly gather: Gather<Read, Item | null>
  /** A batch may name an item only once: whoever asks for it again shares the answer. */
  readonly underWay: Map<string, Promise<Item | null>>
}

/** What became of a conditional write; `item` is what stood there, when DynamoDB says so. */
export type Attempt = { readonly did: true; readonly item: Item } | { readonly did: false; readonly item: Item | null }

export class CallIo {
  readonly signal: AbortSignal
  readonly targets: TargetTables
  readonly #requests: Requests
  readonly #waves = new Waves()
  readonly #inserts: Gather<Insert, Inserted>
  readonly #reads: Reads
  readonly #wholes: Reads

  constructor({ requests, targets, signal, isConsistent = true }: CallIoOptions) {
    this.#requests = requests
    this.targets = targets
    this.signal = signal
    const common = { waves: this.#waves, bytesMax: BATCH_BYTES_MAX }
    this.#inserts = new Gather({
      ...common,
      countMax: INSERTS_MAX,
      send: (batch) => insertBatch(requests, batch, signal),
    })
    const reads = (names: readonly string[] | null): Reads => {
      const reading = { names, isConsistent, signal }
      const send = (batch: readonly Read[]) => readBatch(requests, batch, reading)
      return { gather: new Gather({ ...common, countMax: READS_MAX, send }), underWay: new Map() }
    }
    this.#reads = reads(READ_BACK)
    this.#wholes = reads(null)
  }

  /** Puts an item unless there is one; two inserts of one item must not be under way at once. */
  async insert(ref: ItemRef, attributes: Item): Promise<Inserted> {
    const item = this.checkedItem(ref, attributes)
    const insert = { ref, item, bytes: itemBytes(item) }
    if (statementOf(insert) !== null) return this.#inserts.add(insert, insert.bytes)
    return this.#waves.through(() => insertOne(this.#requests, insert, this.signal))
  }

  /** The bookkeeping attributes of an item as they are now; null when there is no such item. */
  read(ref: ItemRef): Promise<Item | null> {
    return this.#read(this.#reads, ref)
  }

  /** All of its attributes. */
  whole(ref: ItemRef): Promise<Item | null> {
    return this.#read(this.#wholes, ref)
  }

  async #read({ gather, underWay }: Reads, ref: ItemRef): Promise<Item | null> {
    const id = itemId(ref)
    let reading = underWay.get(id)
    if (reading === undefined) {
      const read = { table: ref.table, key: this.targets.key(ref) }
      reading = gather.add(read, itemBytes(read.key)).finally(() => underWay.delete(id))
      underWay.set(id, reading)
    }
    return reading
  }

  async update(ref: ItemRef, expressions: UpdateExpressions): Promise<Attempt> {
    const bytes = itemBytes(expressions.ExpressionAttributeValues ?? {})
    checkSize(bytes)
    const input = { TableName: ref.table, Key: this.targets.key(ref), ...expressions, ...RETURN_OLD }
    try {
      const answer = await this.#send<{ Attributes?: Item }>('UpdateItem', input, writeUnits(bytes))
      return { did: true, item: answer.Attributes ?? {} }
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      if (troubleOf(error) === 'invalid') throw new Rejection(error.message)
      if (troubleOf(error) !== 'condition') throw error
      return { did: false, item: error.item ?? null }
    }
  }

  /** Any other request. */
  async send<Answer>(operation: string, input: object, units = 0): Promise<Answer> {
    return this.#send(operation, input, units)
  }

  /** The whole item, when DynamoDB would take it. */
  checkedItem(ref: ItemRef, attributes: Item): Item {
    const item = { ...this.targets.key(ref), ...attributes, ...keyMark(ref) }
    checkSize(itemBytes(item))
    return item
  }

  #send<Answer>(operation: string, input: object, units: number): Promise<Answer> {
    const terms = { units, weight: 1, signal: this.signal }
    return this.#waves.through(() => this.#requests.call<Answer>(operation, input, terms))
  }
}

function checkSize(bytes: number): void {
  if (bytes <= ITEM_BYTES_MAX) return
  throw new Rejection(`the item is ${bytes} bytes, over the ${ITEM_BYTES_MAX} (400 KB) that DynamoDB allows`)
}

const RETURN_OLD = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }

export interface UpdateExpressions {
  readonly UpdateExpression: string
  readonly ConditionExpression?: string
  readonly ReturnValues?: 'ALL_NEW' | 'UPDATED_NEW'
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>
  readonly ExpressionAttributeValues?: Record<string, Attribute>
}
