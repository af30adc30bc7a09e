// What others keep in files and behind services, brought into MySQL: content that people search, and a catalogue with its
// prices.

import { blank } from '../src/core/blank.ts'
import { CATALOG_ITEMS } from '../src/core/catalog-items.ts'
import { defineConnector, type Migration } from '../src/core/connector.ts'
import type { ChangeEvent } from '../src/core/event.ts'
import type { Imported } from '../src/core/imported.ts'
import { KEPT, KEPT_COLUMNS, runsAsBytes } from '../src/core/imported-row.ts'
import { NameUuids } from '../src/core/name-uuid.ts'
import { PRICE_LIST } from '../src/core/price-list.ts'
import type { Schedule } from '../src/core/schedule.ts'
import { addColumns } from '../src/core/upgrade.ts'
import { Exact, type Field, type Fields } from '../src/core/value.ts'
import type { Write } from '../src/core/write.ts'

const NAME = 'content'
const UUIDS = new NameUuids('0b8f2f2e-6c0e-5f0e-9a55-5b1f0f6d7c11')

const CONTENT: Imported = {
  fields: {
    external_id: { type: 'text', lengthMax: 190 },
    content_type: { type: 'text', lengthMax: 50, isRequired: true },
    title: { type: 'text', lengthMax: 255, isRequired: true },
    artist: { type: 'text', lengthMax: 255 },
    album: { type: 'text', lengthMax: 255 },
    genre: { type: 'text', lengthMax: 100 },
    year: { type: 'integer', least: 0, most: 9999 },
    description: { type: 'text', lengthMax: 10_000 },
    url: { type: 'text', lengthMax: 1_000 },
    metadata: { type: 'json' },
  },
  names: [
    ['content_type', 'external_id'],
    ['content_type', 'title', 'artist'],
    ['content_type', 'title'],
  ],
}

/** How each type of a field is kept. */
const COLUMNS = {
  text: (length: number) => (length > 1_000 ? 'TEXT' : `VARCHAR(${length})`),
  integer: () => 'BIGINT',
  decimal: () => 'DECIMAL(10,2)',
  boolean: () => 'TINYINT(1)',
  json: () => 'JSON',
} as const

function tableOf(name: string, key: string, { fields }: Imported): string {
  const columns = Object.entries(fields).map(([field, { type, lengthMax = 0, isRequired }]) => {
    const column = type === 'date' || type === 'datetime' ? 'DATETIME' : COLUMNS[type](lengthMax)
    return `${field} ${column}${isRequired ? ' NOT NULL' : ''}`
  })
  return `CREATE TABLE IF NOT EXISTS ${name} (${key} CHAR(36) CHARACTER SET ascii NOT NULL PRIMARY KEY, ${columns.join(', ')}, ${KEPT_COLUMNS}) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4`
}

const migrations: readonly Migration[] = [
  {
    name: 'content: content_index',
    up: [tableOf('content_index', 'content_id', CONTENT)],
    down: ['DROP TABLE IF EXISTS content_index'],
  },
  { name: 'content: content_index of an earlier version', up: addColumns('content_index', KEPT), down: [] },
  CATALOG_ITEMS.migration(NAME),
  CATALOG_ITEMS.upgrade(NAME),
  runsAsBytes(NAME, ['content_index', CATALOG_ITEMS.table]),
]

export default defineConnector({
  name: NAME,
  source: 'import',
  sink: 'mysql',
  whenNamed: true,
  migrations,
  settings: {
    SCHEDULES: {
      about:
        'What is imported again and again: JSON, a list of `{ "name", "cron", "zone", "imports": [{ "table", "from" }] }`.',
      default: '[]',
      check: (text) => (Array.isArray(parsed(text)) ? null : 'a JSON list'),
    },
  },
  schedules: ({ SCHEDULES = '[]' }) => parsed(SCHEDULES) as readonly Schedule[],
  targets: () => ({
    content_index: { key: ['content_id'], owns: Object.keys(CONTENT.fields) },
    catalog_items: {
      key: [CATALOG_ITEMS.id],
      owns: [CATALOG_ITEMS.source, ...Object.keys(PRICE_LIST.fields)],
      shared: { by: CATALOG_ITEMS.source, as: NAME },
    },
  }),
  tables: {
    content_index: {
      columns: Object.keys(CONTENT.fields),
      imported: CONTENT,
      rules: [{ name: 'a title says something', never: "TRIM(title) = ''" }],
      map: into('content_index', CONTENT),
    },
    catalog_items: {
      columns: Object.keys(PRICE_LIST.fields),
      imported: PRICE_LIST,
      rules: [
        { name: 'a name says something', never: "TRIM(name) = ''" },
        { name: 'no price is below nothing', never: 'price < 0' },
      ],
      map: into('catalog_items', PRICE_LIST, { [CATALOG_ITEMS.source]: NAME }),
    },
  },
})

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function into(table: string, { fields }: Imported, constants: Fields = {}): (event: ChangeEvent) => readonly Write[] {
  const types = Object.entries(fields).map(([name, { type }]) => ({ name, isExact: type === 'decimal' }))
  const none: Fields = { ...constants, ...blank(Object.keys(fields)) }
  const namespace = `${table}:`
  return ({ key, after }) => {
    const values: Record<string, Field> = { ...none }
    for (const { name, isExact } of types) {
      const value = after?.[name] ?? null
      values[name] = isExact && value !== null ? new Exact(String(value)) : value
    }
    return [{ do: 'merge', table, key: [UUIDS.of(namespace, String((after ?? key).mr_name))], fields: values }]
  }
}
