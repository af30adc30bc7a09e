// Tables that earlier versions made: `table-migration` brings them to what they are now, with their rows, on both servers.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import content from '../../connectors/content.ts'
import square from '../../connectors/square.ts'
import type { RunView } from '../../src/control/run-view.ts'
import type { Connector, Migration } from '../../src/core/connector.ts'
import { LEDGER_MIGRATION, LEDGER_UPGRADE } from '../../src/sink/mysql/import/ledger-tables.ts'
import { migrate } from '../../src/sink/mysql/migrate.ts'
import { FLAVOURS } from '../support/flavours.ts'
import { type FreshDatabase, freshDatabase } from '../support/fresh-database.ts'
import { ImportPlace } from '../support/import-place.ts'

const KEPT =
  'mr_position VARBINARY(64) NULL, mr_run CHAR(36) CHARACTER SET ascii NULL, mr_made CHAR(36) CHARACTER SET ascii NULL, mr_digest BINARY(16) NULL'
/** Of its digits, on the server. */
const UUID = '$1-$2-$3-$4-$5'
const RUN = '11111111-1111-4111-8111-111111111111'

/** As the first versions made them: the ledger, then the one of a connector alone. */
const LEDGER_ONCE = [
  `CREATE TABLE sync_runs (
    id CHAR(36) CHARACTER SET ascii NOT NULL PRIMARY KEY, connector VARCHAR(100) NOT NULL, source_type VARCHAR(20) NOT NULL,
    source_identifier VARCHAR(4000) NOT NULL, target_tables VARCHAR(1000) NOT NULL, status VARCHAR(20) NOT NULL,
    triggered_by VARCHAR(190) NOT NULL, ordered_at DATETIME(3) NOT NULL, started_at DATETIME(3) NULL,
    completed_at DATETIME(3) NULL, items_read BIGINT NOT NULL, items_inserted BIGINT NOT NULL, items_updated BIGINT NOT NULL,
    items_unchanged BIGINT NOT NULL, items_deleted BIGINT NOT NULL, items_stale BIGINT NOT NULL, items_failed BIGINT NOT NULL,
    error_code VARCHAR(64) NULL, error_message TEXT NULL, rolled_back_run CHAR(36) CHARACTER SET ascii NULL,
    rolled_back_by VARCHAR(190) NULL, rolled_back_at DATETIME(3) NULL, rollback_reason TEXT NULL,
    updated_at DATETIME(3) NOT NULL, KEY by_order (ordered_at)) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4`,
  `CREATE TABLE sync_state (
    table_name VARCHAR(64) NOT NULL PRIMARY KEY, sync_run_id CHAR(36) CHARACTER SET ascii NOT NULL,
    last_sync_timestamp DATETIME(3) NOT NULL, last_sync_version VARCHAR(64) NULL, records_synced BIGINT NOT NULL,
    sync_duration_ms BIGINT NOT NULL, created_at DATETIME(3) NOT NULL, updated_at DATETIME(3) NOT NULL)
    ENGINE = InnoDB DEFAULT CHARSET = utf8mb4`,
]
const LISTS_ONCE = `CREATE TABLE catalog_items (item_id CHAR(36) CHARACTER SET ascii NOT NULL PRIMARY KEY,
  external_id VARCHAR(190), category VARCHAR(100), name VARCHAR(255) NOT NULL, description TEXT, price DECIMAL(10,2),
  currency VARCHAR(3), is_active TINYINT(1), ${KEPT}) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4`
const ACCOUNT_ONCE = `CREATE TABLE catalog_items (\`id\` VARCHAR(192) COLLATE utf8mb4_bin NOT NULL, name VARCHAR(512) COLLATE utf8mb4_bin,
  description MEDIUMTEXT, category_id VARCHAR(192) COLLATE utf8mb4_bin, category_ids JSON, product_type VARCHAR(64) COLLATE utf8mb4_bin,
  is_taxable TINYINT(1), is_archived TINYINT(1), tax_ids JSON, image_ids JSON, present_at_all_locations TINYINT(1),
  version BIGINT, updated_at DATETIME(3), ${KEPT}, PRIMARY KEY (\`id\`)) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4`
const CONTENT_ONCE = `CREATE TABLE content_index (content_id CHAR(36) CHARACTER SET ascii NOT NULL PRIMARY KEY,
  external_id VARCHAR(190), content_type VARCHAR(50) NOT NULL, title VARCHAR(255) NOT NULL, artist VARCHAR(255),
  album VARCHAR(255), genre VARCHAR(100), year BIGINT, description TEXT, url VARCHAR(1000), metadata JSON)
  ENGINE = InnoDB DEFAULT CHARSET = utf8mb4`
const RUN_ONCE = `INSERT INTO sync_runs (id, connector, source_type, source_identifier, target_tables, status, triggered_by,
  ordered_at, items_read, items_inserted, items_updated, items_unchanged, items_deleted, items_stale, items_failed, updated_at)
  VALUES ('${RUN}', 'content', 'csv', 'items.csv', 'catalog_items', 'done', 'somebody', NOW(), 1, 1, 0, 0, 0, 0, 0, NOW())`
const STATE_ONCE = `INSERT INTO sync_state VALUES ('catalog_items', '${RUN}', NOW(), NULL, 1, 10, NOW(), NOW())`

/** Every column and every key, whatever their order. */
async function shapeOf(database: FreshDatabase): Promise<unknown> {
  const within = "table_schema = DATABASE() AND table_name NOT LIKE 'millrace_migrations'"
  const columns = `SELECT table_name, column_name, column_type, is_nullable, column_default, character_set_name, collation_name
    FROM information_schema.columns WHERE ${within} ORDER BY table_name, column_name`
  const keys = `SELECT table_name, index_name, seq_in_index, column_name, non_unique FROM information_schema.statistics
    WHERE ${within} ORDER BY table_name, index_name, seq_in_index`
  return [await database.query(columns), await database.query(keys)]
}

function migrationsOf({ migrations = [] }: Connector): readonly Migration[] {
  const changed = migrations.filter(({ name }) => /content_index|catalog_items|as bytes/u.test(name))
  return [LEDGER_MIGRATION, LEDGER_UPGRADE, ...changed]
}

async function upgraded(database: FreshDatabase, made: readonly string[], migrations: readonly Migration[]) {
  for (const statement of made) await database.query(statement)
  const names = migrations.filter(({ name }) => !name.includes('earlier')).map(({ name }) => `('${name}', NOW())`)
  await database.query(
    'CREATE TABLE millrace_migrations (name VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, made_at DATETIME NOT NULL)',
  )
  await database.query(`INSERT INTO millrace_migrations VALUES ${names}`)
  return migrate({ url: database.adminUrl, migrations, direction: 'up' })
}

test.each(FLAVOURS)('tables of earlier versions become what new ones are, on %s', async (_flavour, shared) => {
  const server = await shared()
  const errors = LEDGER_MIGRATION.up[1] ?? ''
  for (const [migrations, made] of [
    [migrationsOf(content), [...LEDGER_ONCE, errors, RUN_ONCE, STATE_ONCE, LISTS_ONCE, CONTENT_ONCE]],
    [migrationsOf(square), [...LEDGER_ONCE, errors, ACCOUNT_ONCE]],
  ] as const) {
    await using fresh = await freshDatabase(server)
    await migrate({ url: fresh.adminUrl, migrations, direction: 'up' })
    await using old = await freshDatabase(server)
    const done = await upgraded(old, made, migrations)
    expect(done.every((name) => name.includes('earlier'))).toBe(true)
    expect(await shapeOf(old)).toEqual(await shapeOf(fresh))
    // Broken off behind its last step, it comes again from its first.
    await old.query('DELETE FROM millrace_migrations')
    await migrate({ url: old.adminUrl, migrations, direction: 'up' })
    expect(await shapeOf(old)).toEqual(await shapeOf(fresh))
  }
})

test('rows of an earlier version are known after the migration: what did not change is left alone', async () => {
  await using place = await ImportPlace.open()
  const { database } = place
  await writeFile(join(place.folder, 'items.csv'), 'external_id,name,price\n1,Sopa,4.50\n2,Pan,1.00\n')
  const bring = async () => {
    const asked = { sourceType: 'csv', sourceIdentifier: 'items.csv', options: { targetTable: 'catalog_items' } }
    return place.done(await place.trigger({ ...asked, force: true }))
  }
  const first = await bring()
  expect(first.writes).toMatchObject({ 'catalog_items inserted': 2 })
  // The same rows in the table as it was before.
  await database.query(LISTS_ONCE.replace('TABLE catalog_items', 'TABLE once'))
  const kept = 'external_id, category, name, description, price, currency, is_active, mr_position, mr_digest'
  const runs = ['mr_run', 'mr_made'].map(
    (name) => `REGEXP_REPLACE(LOWER(HEX(${name})), '(.{8})(.{4})(.{4})(.{4})(.*)', '${UUID}')`,
  )
  await database.query(
    `INSERT INTO once (item_id, ${kept}, mr_run, mr_made) SELECT id, ${kept}, ${runs} FROM catalog_items`,
  )
  await database.query('DROP TABLE catalog_items')
  await database.query('RENAME TABLE once TO catalog_items')
  await database.query("DELETE FROM millrace_migrations WHERE name LIKE '%earlier version%'")
  expect(await place.post('/admin/table-migration', {})).toMatchObject({ status: 200 })
  expect(await place.query('SELECT source, name, price FROM catalog_items ORDER BY name')).toEqual([
    { source: 'content', name: 'Pan', price: '1.00' },
    { source: 'content', name: 'Sopa', price: '4.50' },
  ])
  const { 'catalog_items inserted': inserted, 'catalog_items deleted': deleted } = (await bring()).writes
  expect([inserted, deleted]).toEqual([undefined, undefined])
  const state = (await place.get('/admin/sync-status')).body as readonly { last_run: RunView }[]
  expect(state.length).toBeGreaterThan(0)
  // Whose rows they are is known as well.
  const undone = await place.done((await place.rollback(first.id)).body as RunView)
  expect(undone).toMatchObject({ state: 'done', tally: { applied: 2, stale: 0 } })
})
