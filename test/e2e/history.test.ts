// What the server cannot send any more, or wrote so that nobody can read it.

import { expect, test } from 'vitest'
import { Millrace } from '../support/millrace.ts'
import { ownMysql } from '../support/own-mysql.ts'
import { notReady, type ParcelPlace, parcelPlace } from '../support/parcel-place.ts'
import { until } from '../support/until.ts'

test('history that is gone stops capture alone, and is given up only when a person says so', async () => {
  const server = await ownMysql()
  const at = await parcelPlace(server)
  await using deliver = await Millrace.start(at.settings, ['--role=deliver'])
  {
    await using capture = await (await Millrace.start(at.settings, ['--role=capture'])).ready()
    await at.database.query("INSERT INTO parcel VALUES (1, 'box', 'x')")
    await at.database.query("INSERT INTO note VALUES (1, 1, 'one')")
    await at.item('note', 1, { label: 'box' })
    expect(await capture.stop()).toBe(0)
  }
  await at.database.query("INSERT INTO parcel VALUES (2, 'purged', 'x')")
  await at.database.query('FLUSH BINARY LOGS')
  await purge(at)
  {
    await using capture = await Millrace.start(at.settings, ['--role=capture'])
    await notReady(capture, 'HISTORY_GONE')
    expect(capture.output).toMatch(/"code":"HISTORY_GONE".*millrace start --skip-gap/u)
    expect(await capture.stop()).toBe(0)
    expect(await at.gaps()).toEqual([])
  }
  await using capture = await (await Millrace.start(at.settings, ['--role=capture', '--skip-gap'])).ready()
  await until(async () => (capture.output.includes('CHANGES WERE SKIPPED') ? true : null), { what: 'it says so' })
  await at.database.query("UPDATE parcel SET label = 'bag' WHERE id = 1")
  await at.database.query("INSERT INTO note VALUES (2, 1, 'two')")
  await at.item('parcel', 1, { label: 'bag' })
  await at.item('note', 2, { label: 'bag' })
  const [gap, ...others] = await at.gaps()
  expect(gap).toMatchObject({ tables: ['parcel', 'note'], reason: expect.stringContaining('HISTORY_GONE') })
  expect(others).toEqual([])
  expect(await at.table.items(/^2$/u)).toEqual([expect.objectContaining({ pk: 'note' })])
  expect([await capture.stop(), await deliver.stop()]).toEqual([0, 0])
})

async function purge({ database }: ParcelPlace): Promise<void> {
  const purged = async () => {
    const files = await database.query('SHOW BINARY LOGS')
    await database.query(`PURGE BINARY LOGS TO '${files.at(-1)?.Log_name}'`)
    return (await database.query('SHOW BINARY LOGS')).length === 1 ? true : null
  }
  await until(purged, { what: 'older files purged' })
}

test('a table that is emptied at once is put on record as a gap, and capture goes on', async () => {
  const at = await parcelPlace()
  await using millrace = await (await Millrace.start(at.settings)).ready()
  await at.database.query("INSERT INTO parcel VALUES (1, 'box', 'x'), (2, 'bag', 'y')")
  await at.item('parcel', 2)
  await at.database.query('TRUNCATE TABLE parcel')
  await at.database.query("INSERT INTO parcel VALUES (3, 'sack', 'z')")
  await at.item('parcel', 3)
  const [gap, ...others] = await until(async () => ((await at.gaps()).length > 0 ? at.gaps() : null), { what: 'a gap' })
  expect(gap).toMatchObject({ tables: ['parcel'], reason: expect.stringMatching(/^parcel was emptied at once/u) })
  expect(others).toEqual([])
  expect(millrace.output).toMatch(/"level":"error".*parcel was emptied at once.*CHANGES WERE SKIPPED/u)
  const metrics = await (await fetch(`${millrace.url}/metrics`)).text()
  expect(metrics).toMatch(/millrace_gaps_total\{[^}]*table="parcel"\} 1/u)
  expect(metrics).toMatch(/millrace_gaps_total\{[^}]*table="note"\} 0/u)
  expect(await millrace.stop()).toBe(0)
})

test('a change that nobody can read stops capture by name, and what came before it arrives', async () => {
  const at = await parcelPlace()
  {
    await using millrace = await (await Millrace.start(at.settings)).ready()
    await at.database.query("INSERT INTO parcel VALUES (1, 'box', 'x')")
    await at.database.query("SET SESSION binlog_row_image = 'MINIMAL'")
    await at.database.query("UPDATE parcel SET label = 'bag' WHERE id = 1")
    await at.database.query("SET SESSION binlog_row_image = 'FULL'")
    const why = await notReady(millrace, 'BINLOG_UNREADABLE')
    expect(why).toMatch(/parcel holds only some of the columns/u)
    expect(millrace.output).toMatch(/SET GLOBAL binlog_row_image = FULL.*millrace start --skip-gap/u)
    await at.item('parcel', 1, { label: 'box' })
    expect(await millrace.stop()).toBe(0)
  }
  await using millrace = await (await Millrace.start(at.settings, ['--skip-gap'])).ready()
  await until(async () => (millrace.output.includes('CHANGES WERE SKIPPED') ? true : null), { what: 'it says so' })
  await at.database.query("UPDATE parcel SET label = 'sack' WHERE id = 1")
  await at.item('parcel', 1, { label: 'sack' })
  expect(await at.gaps()).toHaveLength(1)
  expect(await millrace.stop()).toBe(0)
})
