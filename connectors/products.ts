// Products, both ways. MySQL owns the catalogue; whoever assessed a product last owns the assessment, on a laptop or on a
// phone: `assessed_at` is the clock.

import { type Connector, defineConnector, type Found, type Settings } from '../src/core/connector.ts'
import type { Contested, Policy } from '../src/core/contested.ts'
import { POLICIES } from '../src/core/contested.ts'
import type { ChangeEvent } from '../src/core/event.ts'
import { isDeleted, itemOf } from '../src/core/item.ts'
import { itemBefore } from '../src/core/item-before.ts'
import { text } from '../src/core/settings.ts'
import { asWallTime, Exact, type Fields, type Row } from '../src/core/value.ts'
import type { StoredItem, Write } from '../src/core/write.ts'

const TABLE = 'products'
const CATALOGUE = ['title', 'price', 'url', 'retailer', 'clothing_type', 'last_updated']
const ASSESSMENT = ['lifecycle_stage', 'modesty_status', 'shopify_status', 'assessed_at']
const CLOCK = 'assessed_at'

const settings: NonNullable<Connector['settings']> = {
  KEY: { about: 'The key attribute of the products in DynamoDB: the number of the product, as text.', default: 'id' },
  POLICY: {
    about: `Who wins where both sides have assessed a product: ${POLICIES.join(', ')}.`,
    default: 'newest-wins',
    check: (policy) => (POLICIES.some((one) => one === policy) ? null : `one of ${POLICIES.join(', ')}`),
  },
}

const fromMysql = defineConnector({
  name: TABLE,
  twin: 'products-assessed',
  source: 'mysql',
  sink: 'dynamodb',
  whenNamed: true,
  settings,
  targets: ({ KEY }) => ({ [TABLE]: { key: [text(KEY)], owns: [...CATALOGUE, ...ASSESSMENT] } }),
  tables: { [TABLE]: { columns: ['id', ...CATALOGUE, ...ASSESSMENT], map: mapRow, rowOf } },
})

const fromDynamodb = defineConnector({
  name: 'products-assessed',
  twin: TABLE,
  source: 'dynamodb',
  sink: 'mysql',
  whenNamed: true,
  settings,
  targets: () => ({ [TABLE]: { key: ['id'], owns: ASSESSMENT } }),
  tables: { [TABLE]: { columns: ASSESSMENT, map: mapItem } },
})

export default [fromMysql, fromDynamodb]

function mapRow(event: ChangeEvent, _found: Found, { POLICY }: Settings): readonly Write[] {
  const id = String(event.key.id)
  const at = { table: TABLE, key: [id] } as const
  const row = event.after
  if (row === null) {
    const fields = [...CATALOGUE, ...ASSESSMENT]
    return [{ do: 'remove', ...at, how: 'tombstone', fields, deletedAt: event.changedAt.toISOString() }]
  }
  const before = event.op === 'read' ? null : pick(event.before ?? {}, ASSESSMENT)
  const contested = [assessment({ row: id, before, policy: POLICY })]
  return [{ do: 'merge', ...at, fields: pick(row, [...CATALOGUE, ...ASSESSMENT]), contested }]
}

function rowOf({ key: [id] }: StoredItem): readonly string[] | null {
  return /^[1-9]\d{0,19}$/u.test(id) ? [id] : null
}

/** The catalogue is MySQL's: there a product is made, and there it goes. */
function mapItem(event: ChangeEvent, _found: Found, { KEY, POLICY }: Settings): readonly Write[] {
  const item = itemOf(event.after)
  if (item === null || isDeleted(item)) return []
  const id = String(event.key[text(KEY)])
  if (!/^[1-9]\d{0,19}$/u.test(id)) throw new TypeError(`${text(KEY)} is "${id}", which is the number of no product`)
  const fields = { ...known(item), [CLOCK]: clockOf(item) }
  const before = itemBefore(event)
  const contested = [assessment({ row: id, before: before && known(before), policy: POLICY })]
  return [{ do: 'merge', table: TABLE, key: [id], fields, mustExist: 'or-pass', contested }]
}

interface Disputed {
  readonly row: string
  readonly before: Fields | null
  readonly policy: string | undefined
}

function assessment({ row, before, policy }: Disputed): Contested {
  return { group: 'assessment', row, policy: text(policy) as Policy, fields: ASSESSMENT, clock: CLOCK, before }
}

/** A row's columns as an item has them. */
function pick(row: Row, columns: readonly string[]): Fields {
  return Object.fromEntries(columns.map((column) => [column, fieldOf(row, column)]))
}

function fieldOf(row: Row, column: string): Fields[string] {
  const value = row[column] ?? null
  if (column === 'price') return value === null ? null : new Exact(String(value))
  if (column !== CLOCK && column !== 'last_updated') return value
  const time = asWallTime(value)
  return time === null || time.endsWith('Z') ? time : `${time}Z`
}

/** An item's assessment as the columns have it; a clock that is no time as it is. */
function known(item: Fields): Fields {
  const fields = Object.fromEntries(ASSESSMENT.map((name) => [name, item[name] ?? null]))
  return { ...fields, [CLOCK]: timeOf(item) ?? item[CLOCK] ?? null }
}

function clockOf(item: Fields): string | null {
  if (item[CLOCK] === undefined || item[CLOCK] === null) return null
  const time = timeOf(item)
  if (time === null) throw new TypeError(`${CLOCK} is no ISO time, for example 2026-01-31T12:00:00Z`)
  return time
}

function timeOf({ [CLOCK]: at }: Fields): string | null {
  const time = typeof at === 'string' ? Date.parse(at) : Number.NaN
  return Number.isNaN(time) ? null : new Date(time).toISOString().replace('T', ' ').replace('Z', '')
}
