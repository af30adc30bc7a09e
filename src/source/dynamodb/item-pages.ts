// Pages of items as they are now, for backfills and comparisons: a scan, or the one item that a scope names.

import { CANARY } from '../../core/canary.ts'
import { MillraceError } from '../../core/errors.ts'
import { ChangeEvent } from '../../core/event.ts'
import { DELETED_MARK, itemOf } from '../../core/item.ts'
import type { TableShape } from '../../core/table.ts'
import type { Value } from '../../core/value.ts'
import type { Item } from '../../dynamodb/attribute.ts'
import type { Transport } from '../../dynamodb/transport.ts'
import type { MissingRequest, MissingRows, PageRequest, RowFilter, RowPage, RowScope } from '../source.ts'
import { faultOf } from './dynamodb-fault.ts'
import { itemImage, keyImage } from './item-image.ts'
import { itemPosition } from './item-position.ts'
import { type ScanPage, segmentedScan, segmentsFor } from './segmented-scan.ts'
import type { TableFacts } from './table-facts.ts'

export interface ItemPagesOptions {
  readonly transport: Transport
  readonly facts: TableFacts
  readonly origin: string
  /** The one that capture is in. */
  readonly epoch: () => Promise<number>
}

const KEYS_MAX = 100

interface ScanTerms {
  readonly after: string | null
  readonly rowsMax: number
  readonly signal: AbortSignal
}

interface Got {
  readonly Responses?: Readonly<Record<string, readonly Item[]>>
  readonly UnprocessedKeys?: Readonly<Record<string, { readonly Keys: readonly Item[] }>>
}

export class ItemPages {
  readonly #options: ItemPagesOptions

  constructor(options: ItemPagesOptions) {
    this.#options = options
  }

  async page({ scope, after, rowsMax, run }: PageRequest, signal: AbortSignal): Promise<RowPage> {
    const startMs = performance.now()
    const shape = await this.#options.facts.shape(scope.table)
    const epoch = await this.#options.epoch()
    const key = oneKey(scope)
    const { items, next } =
      key === null ? await this.#scan(scope, { after, rowsMax, signal }) : await this.#one(shape, key, signal)
    const events = items
      .filter((item) => !(DELETED_MARK in item) && !(CANARY in item))
      .map((item, row) => this.#event(shape, item, { epoch, row, run }))
      .filter((event) => scope.filters.every((filter) => answers(event, filter)))
    return { events, next, tookMs: performance.now() - startMs }
  }

  async missing({ table, keys, run }: MissingRequest, signal: AbortSignal): Promise<MissingRows> {
    const startMs = performance.now()
    const shape = await this.#options.facts.shape(table)
    const epoch = await this.#options.epoch()
    const wanted = keys.map((key) => keyOf(shape, key))
    const there = new Set((await this.#get(shape, wanted, signal)).map((item) => nameOf(shape, item)))
    const gone = wanted.filter((key) => !there.has(nameOf(shape, key)))
    const events = gone.map((key, row) => this.#event(shape, key, { epoch, row, run, op: 'delete' }))
    return { events, tookMs: performance.now() - startMs }
  }

  async #scan({ table }: RowScope, { after, rowsMax, signal }: ScanTerms): Promise<ScanPage> {
    const { transport, facts } = this.#options
    const at = after ?? segmentsFor((await facts.size(table))?.bytes ?? 0)
    return segmentedScan(transport, { table, at, rowsMax, signal })
  }

  async #one(shape: TableShape, key: readonly Value[], signal: AbortSignal) {
    return { items: await this.#get(shape, [keyOf(shape, key)], signal), next: null }
  }

  async #get({ name }: TableShape, keys: readonly Item[], signal: AbortSignal): Promise<readonly Item[]> {
    const items: Item[] = []
    let open = keys
    while (open.length > 0) {
      const some = open.slice(0, KEYS_MAX)
      const input = { RequestItems: { [name]: { Keys: [...some], ConsistentRead: true } } }
      const answer = await this.#options.transport.call<Got>('BatchGetItem', input, signal).catch((error) => {
        throw faultOf(error)
      })
      items.push(...(answer.Responses?.[name] ?? []))
      open = [...(answer.UnprocessedKeys?.[name]?.Keys ?? []), ...open.slice(KEYS_MAX)]
    }
    return items
  }

  #event(
    shape: TableShape,
    item: Item,
    by: { readonly epoch: number; readonly row: number; readonly run: string; readonly op?: 'delete' },
  ): ChangeEvent {
    const image = itemImage(shape, item)
    const isGone = by.op === 'delete'
    return new ChangeEvent({
      shape,
      op: isGone ? 'delete' : 'read',
      keyImage: keyImage(shape, item),
      beforeImage: isGone ? image : null,
      afterImage: isGone ? null : image,
      position: itemPosition(by.epoch, null),
      changedAtMs: Date.now(),
      origin: this.#options.origin,
      whereabouts: { gtid: null, file: '', offset: 0, row: by.row, serverId: 0 },
      run: by.run,
      fault: null,
    })
  }
}

/** Items are in no order of their keys, so a range of them cannot be read without reading all. */
function oneKey({ table, from, to }: RowScope): readonly Value[] | null {
  if (from === null && to === null) return null
  if (from !== null && to !== null && from.length === to.length && from.every((value, index) => value === to[index])) {
    return from
  }
  throw new MillraceError('SCOPE_INVALID', `items of ${table} have no order: a key has to be named whole, or left out`)
}

function answers(event: ChangeEvent, { column, is, value, through }: RowFilter): boolean {
  if (through !== undefined)
    throw new MillraceError('SCOPE_INVALID', `items cannot be narrowed down by ${through.table}`)
  const held = itemOf(event.after)?.[column] ?? null
  if (held === null || typeof held === 'object') return false
  return is === '=' ? String(held) === String(value) : String(held) >= String(value)
}

function keyOf({ columns, key, name }: TableShape, values: readonly Value[]): Item {
  if (values.length !== key.length)
    throw new MillraceError('SCOPE_INVALID', `a key of ${name} has ${key.length} parts: ${key.join(', ')}`)
  const types = new Map(columns.map((column) => [column.name, column.type]))
  const parts = key.map((part, index) => {
    const value = values[index] ?? ''
    const text = value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value)
    return [part, { [types.get(part) ?? 'S']: text }]
  })
  return Object.fromEntries(parts)
}

function nameOf({ key }: TableShape, item: Item): string {
  return JSON.stringify(key.map((part) => item[part]))
}
