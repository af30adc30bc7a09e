// Tables change while rows flow: what readers of the topic can follow goes on by itself, what they cannot waits for a
// person and loses nothing.

import { writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { Millrace } from '../support/millrace.ts'
import { notReady, type ParcelPlace, parcelPlace } from '../support/parcel-place.ts'
import { sharedMariadb, sharedMysql } from '../support/shared-server.ts'
import { until } from '../support/until.ts'

const OTHER = `export default { name: 'other', source: 'mysql', sink: 'dynamodb',
  settings: { TABLE: { about: 'The DynamoDB table.' } },
  targets: ({ TABLE }) => ({ [TABLE]: { key: ['pk', 'sk'], owns: ['copy'] } }),
  tables: { note: { columns: ['id'], map: ({ key, after }, _, { TABLE }) => after === null ? [] :
    [{ do: 'merge', table: TABLE, key: ['copy', String(key.id)], fields: { copy: JSON.stringify(after.text ?? null) } }] } } }`

describe.each([
  ['MySQL', sharedMysql],
  ['MariaDB', sharedMariadb],
])('on %s', (_name, shared) => {
  test('columns added, dropped, renamed and widened while rows flow are followed', async () => {
    const at = await parcelPlace(await shared())
    const { database } = at
    await database.query('ALTER TABLE note ADD COLUMN spare INT, ADD COLUMN worn INT')
    await using millrace = await (await Millrace.start(at.settings)).ready()
    const changes = [
      'ALTER TABLE note ADD COLUMN stars TINYINT NOT NULL DEFAULT 5 FIRST',
      'ALTER TABLE note DROP COLUMN spare',
      'ALTER TABLE note RENAME COLUMN worn TO fresh',
      'ALTER TABLE note MODIFY COLUMN text TEXT',
      'ALTER TABLE note MODIFY COLUMN parcel BIGINT',
      'ALTER TABLE note MODIFY COLUMN text VARCHAR(250) CHARACTER SET utf8mb4 AFTER id',
    ]
    let id = 0
    await database.query("INSERT INTO parcel VALUES (1, 'box', 'x')")
    for (const change of changes) {
      await database.query(`INSERT INTO note (id, parcel, text) VALUES (${++id}, 1, 'before'), (${++id}, 1, 'touched')`)
      await database.query(change)
      await database.query(`UPDATE note SET text = 'after' WHERE id = ${id}`)
    }
    await at.item('note', id, { text: 'after', label: 'box' })
    const notes = (await at.table.items()).filter(({ pk }) => pk === 'note')
    expect(notes).toHaveLength(2 * changes.length)
    expect(notes.filter(({ text }) => text === 'after')).toHaveLength(changes.length)
    expect(millrace.output).not.toMatch(/"level":(?:50|40|"error"|"warn")/u)
    expect(await millrace.stop()).toBe(0)
  })

  test.each([
    ['renamed', 'ALTER TABLE note RENAME COLUMN text TO remark', 'ALTER TABLE note RENAME COLUMN remark TO text'],
    ['dropped', 'ALTER TABLE note DROP COLUMN text', 'ALTER TABLE note ADD COLUMN text VARCHAR(200)'],
  ])('a column %s that one connector needs stops that one; it goes on when the column is back', async (...change) => {
    const [, away, back] = change
    const at = await parcelPlace(await shared())
    const { database } = at
    const settings = await withOther(at)
    {
      await using millrace = await (await Millrace.start(settings)).ready()
      await database.query("INSERT INTO note (id, text) VALUES (1, 'one')")
      await at.item('note', 1)
      await database.query(away)
      await database.query('INSERT INTO note (id) VALUES (2)')
      await database.query("INSERT INTO parcel VALUES (2, 'box', 'x')")
      await item(at, 'copy', 2)
      const why = await notReady(millrace, 'CONNECTOR_COLUMN_MISSING')
      expect(why).toContain('the connector parcels reads note.text, which the table no longer has')
      expect(millrace.output).toContain('bring it back, or adapt the connector')
      expect(await millrace.stop()).toBe(0)
    }
    await database.query(back)
    await using millrace = await (await Millrace.start(settings)).ready()
    await database.query("INSERT INTO note (id, text) VALUES (3, 'three')")
    await database.query("UPDATE note SET text = 'two' WHERE id = 2")
    await at.item('note', 3, { text: 'three' })
    await at.item('parcel', 2)
    const [without, behind] = await at.deadLetters('note', 2)
    expect(without?.reason).toBe('the table had no note.text when this was written')
    expect(behind?.reason).toMatch(/^behind /u)
    await item(at, 'copy', 3)
    expect(await millrace.stop()).toBe(0)
  })

  test('a column of another type stops capture before anything is lost, and goes on when it is accepted', async () => {
    const at = await parcelPlace(await shared())
    const { database } = at
    {
      await using millrace = await (await Millrace.start(at.settings)).ready()
      await database.query("INSERT INTO note VALUES (1, 1, 'one')")
      // What is captured together with the first row of the new type waits with it.
      await at.item('note', 1)
      await database.query('ALTER TABLE note MODIFY COLUMN parcel VARCHAR(20)')
      await database.query("INSERT INTO note VALUES (2, 'P-2', 'two')")
      await database.query("INSERT INTO note VALUES (3, 'P-3', 'three')")
      const why = await notReady(millrace, 'SCHEMA_INCOMPATIBLE')
      expect(why).toMatch(/column parcel was int.* and is now varchar/iu)
      expect(millrace.output).toContain('MILLRACE_ACCEPT_SCHEMA')
      expect(await millrace.stop()).toBe(0)
    }
    await database.query("INSERT INTO note VALUES (4, 'P-4', 'four')")
    await using millrace = await (await Millrace.start({ ...at.settings, MILLRACE_ACCEPT_SCHEMA: 'note' })).ready()
    for (const [id, text] of ['two', 'three', 'four'].entries()) await at.item('note', id + 2, { text })
    expect(await millrace.stop()).toBe(0)
  })
})

async function withOther({ folder, settings, table }: ParcelPlace): Promise<ParcelPlace['settings']> {
  const file = `${folder}/other.mjs`
  await writeFile(file, OTHER)
  return {
    ...settings,
    MILLRACE_CONNECTORS: `${settings.MILLRACE_CONNECTORS},${file}`,
    MILLRACE_OTHER_TABLE: table.name,
  }
}

async function item({ table }: ParcelPlace, pk: string, id: number): Promise<void> {
  const find = async () => (await table.items()).find((one) => one.pk === pk && one.sk === String(id)) ?? null
  await until(find, { what: `${pk} ${id}` })
}
