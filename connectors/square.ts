// A Square account in MySQL: its seventeen tables, brought up to date every night.

import { CATALOG_ITEMS } from '../src/core/catalog-items.ts'
import { defineConnector, type Migration, type Settings, type TableFlow } from '../src/core/connector.ts'
import type { ChangeEvent } from '../src/core/event.ts'
import { NAME_COLUMN, runsAsBytes } from '../src/core/imported-row.ts'
import { importedTable } from '../src/core/imported-table.ts'
import type { BusinessRule, Reference, Tolerance } from '../src/core/integrity.ts'
import type { Schedule } from '../src/core/schedule.ts'
import { text } from '../src/core/settings.ts'
import type { SquareFlow } from '../src/core/square/square-flow.ts'
import { SQUARE_FLOWS, SQUARE_SCHEDULE } from '../src/core/square/square-flows.ts'
import type { Sweep } from '../src/core/sweep.ts'
import { Exact, type Fields, type Row } from '../src/core/value.ts'
import type { Write } from '../src/core/write.ts'

const NAME = 'square'

/** Square goes on counting what is deleted, and goes on naming vendors that are. */
const MISSING_MAX: Readonly<Record<string, Tolerance>> = {
  'catalog_inventory.variation_id': { share: 0.2 },
  'catalog_vendor_info.vendor_id': { share: 0.2 },
}

const RULES: Readonly<Record<string, readonly BusinessRule[]>> = {
  orders: [{ name: 'no order has a total below nothing', never: 'total_amount < 0' }],
  order_line_items: [{ name: 'no line has a quantity below nothing', never: 'quantity < 0' }],
}

/** Of tables whose rows no single field names. */
const ROW_ID = 'row_id'

function keyOf({ imported: { names } }: SquareFlow): string {
  const [first = []] = names
  return names.length === 1 && first.length === 1 ? (first[0] ?? ROW_ID) : ROW_ID
}

function fieldsOf(flow: SquareFlow): readonly string[] {
  return Object.keys(flow.imported.fields).filter((name) => name !== keyOf(flow))
}

const tables: readonly Migration[] = SQUARE_FLOWS.flatMap((flow) => {
  const { table, imported } = flow
  if (table === CATALOG_ITEMS.table) return [CATALOG_ITEMS.migration(NAME), CATALOG_ITEMS.upgrade(NAME)]
  const key = keyOf(flow)
  const own = key === ROW_ID ? { name: ROW_ID, type: 'VARCHAR(600) COLLATE utf8mb4_bin' } : key
  return {
    name: `square: ${table}`,
    up: [importedTable({ name: table, imported, key: own })],
    down: [`DROP TABLE IF EXISTS ${table}`],
  }
})

const TABLES = SQUARE_FLOWS.map(({ table }) => table)

export default defineConnector({
  name: NAME,
  source: 'import',
  sink: 'mysql',
  whenNamed: true,
  migrations: [...tables, runsAsBytes(NAME, TABLES)],
  settings: {
    TOKEN: { about: 'The access token of the Square account.' },
    URL: {
      about: "Where Square answers; the sandbox's is https://connect.squareupsandbox.com.",
      default: 'https://connect.squareup.com',
    },
    REQUESTS_PER_SECOND: {
      about: 'How often Square is asked at most.',
      default: '8',
      check: (rate) => (Number(rate) > 0 ? null : 'a number above 0'),
    },
    TIME_ZONE: { about: 'The zone of the nightly schedule.', default: 'UTC' },
    SCHEDULE: {
      about: 'When everything is brought up to date: a cron expression, or `never`.',
      default: SQUARE_SCHEDULE[0]?.cron ?? 'never',
    },
  },
  schedules,
  targets: () =>
    Object.fromEntries(
      SQUARE_FLOWS.map((flow) => [
        flow.table,
        {
          key: [keyOf(flow)],
          owns: [...Object.keys(constantsOf(flow)), ...fieldsOf(flow)],
          keepsSeen: keepsSeen(flow),
          isRebuilt: flow.reads === 'rebuild',
          ...(flow.table === CATALOG_ITEMS.table && { shared: { by: CATALOG_ITEMS.source, as: NAME } }),
        },
      ]),
    ),
  tables: Object.fromEntries(SQUARE_FLOWS.map((flow) => [flow.table, tableFlow(flow)])),
})

function schedules({ TIME_ZONE, SCHEDULE }: Settings): readonly Schedule[] {
  if (SCHEDULE === 'never') return []
  const tables = SQUARE_SCHEDULE.flatMap((line) => line.tables)
  const imports = tables.map((table) => ({ table, from: { kind: 'square', isFoundation: false } as const }))
  return [{ name: 'nightly', cron: text(SCHEDULE), zone: text(TIME_ZONE), imports }]
}

function referencesOf({ table, references }: SquareFlow): Readonly<Record<string, Reference>> {
  return Object.fromEntries(
    Object.entries(references).map(([field, parent]) => {
      const missingMax = MISSING_MAX[`${table}.${field}`]
      return [field, { table: parent, ...(missingMax === undefined ? {} : { missingMax }) }]
    }),
  )
}

function tableFlow(flow: SquareFlow): TableFlow {
  const { table, imported } = flow
  return {
    columns: Object.keys(imported.fields),
    imported,
    importedFrom: ['square'],
    ...(flow.walkedWith !== undefined && { walkedWith: flow.walkedWith }),
    references: referencesOf(flow),
    rules: RULES[table] ?? [],
    sweep: (from) => (from.kind === 'square' ? sweepOf(flow, from.isFoundation) : null),
    map: ({ key, after, changedAt }: ChangeEvent): readonly Write[] => {
      const at = { table, key: [String(key[NAME_COLUMN])] } as const
      if (after !== null) return [{ do: 'merge', ...at, fields: fieldsIn(flow, after) }]
      return [{ do: 'remove', ...at, how: 'delete', fields: [], deletedAt: changedAt.toISOString() }]
    },
  }
}

/** Once all of a table was read, what was not among it is gone. */
function sweepOf({ reads, deletes, references }: SquareFlow, isFoundation: boolean): Sweep | null {
  if (typeof deletes === 'object') {
    const by = deletes.withParent
    return { how: 'outdated', parent: text(references[by]), by, versions: ['order_updated_at', 'updated_at'] }
  }
  const isWhole = isFoundation || typeof reads === 'string'
  if (reads === 'rebuild') return { how: 'rebuilt' }
  return isWhole && deletes !== 'never' ? { how: 'unseen' } : null
}

function keepsSeen({ reads, deletes }: SquareFlow): boolean {
  return deletes === 'flagged' || deletes === 'unseen' || reads === 'rebuild'
}

function fieldsIn(flow: SquareFlow, row: Row): Fields {
  const said = fieldsOf(flow).map((name) => {
    const value = row[name] ?? null
    return [name, flow.imported.fields[name]?.type === 'decimal' && value !== null ? new Exact(String(value)) : value]
  })
  return { ...constantsOf(flow), ...Object.fromEntries(said) }
}

function constantsOf({ table }: SquareFlow): Fields {
  return table === CATALOG_ITEMS.table ? { [CATALOG_ITEMS.source]: NAME } : {}
}
