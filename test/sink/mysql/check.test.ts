import mysql from 'mysql2/promise'
import { describe, expect, test } from 'vitest'
import { CREATE, DROP } from '../../../src/sink/mysql/bookkeeping.ts'
import { versionFinding } from '../../../src/sink/mysql/check.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { SinkDatabase } from '../../support/sink-database.ts'
import { did, forever, placed } from '../../support/sink-table.ts'

test.each([
  ['8.0.19', true],
  ['9.7.0', true],
  ['8.1.0-0ubuntu0', true],
  ['8.0.18', false],
  ['5.7.44-log', false],
  ['10.3.3-MariaDB', true],
  ['5.5.5-10.6.18-MariaDB-log', true],
  ['10.2.44-MariaDB', false],
])('of %s is said whether it knows rows of values, and from which version on', (version, isOk) => {
  const finding = versionFinding(version)
  expect(finding).toMatchObject({ check: 'MySQL version', isOk })
  if (isOk) return
  expect(finding.detail).toContain(version)
  expect(finding.fix).toMatch(/^Upgrade to (MySQL 8\.0\.19|MariaDB 10\.3\.3) or newer$/u)
})

describe.each(FLAVOURS)('checks of a target on %s', (_flavour, shared) => {
  async function open(columns = 'id int PRIMARY KEY, v int'): Promise<SinkDatabase> {
    return SinkDatabase.open(await shared(), { columns, key: ['id'], owns: ['v', 'other_*'] })
  }

  async function faults(table: SinkDatabase, options: Parameters<SinkDatabase['sink']>[0] = {}) {
    return (await (await table.sink(options)).check()).filter(({ isOk }) => !isOk)
  }

  test('a table that is right passes, before and after the first write, which makes the tables of the sink', async () => {
    await using table = await open()
    const sink = await table.sink()
    expect(await faults(table)).toEqual([])
    expect((await sink.check())[0]).toMatchObject({ isOk: true, fix: CREATE.join(';\n') })
    await sink.apply([placed(table.mergeOf(['1'], { v: 1 }), { offset: 1 })], forever)
    expect((await sink.check())[0]).toMatchObject({ detail: 'millrace_cursors, millrace_positions' })
    for (const statement of DROP) await table.query(statement)
    expect(await table.query("SHOW TABLES LIKE 'millrace%'")).toEqual([])
  })

  test('what is missing or other than declared is named, with what mends it', async () => {
    await using table = await open('number int PRIMARY KEY, id int')
    expect(await faults(table)).toMatchObject([{ detail: 'its primary key is number, but the connector writes by id' }])
    await using lacking = await open('id int PRIMARY KEY')
    expect(await faults(lacking)).toMatchObject([
      { detail: 'it has no v', fix: expect.stringMatching(/ADD COLUMN `v`/u) },
    ])
    expect(await faults(lacking, { targets: { nowhere: { key: ['id'], owns: [] } } })).toMatchObject([
      { check: 'MySQL table nowhere', fix: expect.stringMatching(/^Create nowhere/u) },
    ])
    await using plain = await open()
    await plain.query(`ALTER TABLE ${plain.name} ENGINE = MyISAM`)
    expect(await faults(plain)).toMatchObject([{ fix: `ALTER TABLE \`${plain.name}\` ENGINE = InnoDB` }])
  })

  test('rights that are missing are named, and the rights that the fix gives are enough', async () => {
    await using table = await open()
    const { connection, name } = table.database
    const user = `w${name}`.slice(0, 30)
    await connection.query(`CREATE USER ${user} IDENTIFIED BY 'p'`)
    try {
      await connection.query(`GRANT SELECT ON ${name}.* TO ${user}`)
      const url = Object.assign(new URL(table.database.adminUrl), { username: user, password: 'p' }).href
      const [fault] = await faults(table, { url })
      expect(fault?.fix).toBe(`GRANT SELECT, INSERT, UPDATE ON \`${table.name}\` TO '${user}'@'%'`)
      const sink = await table.sink({ url })
      const write = placed(table.mergeOf(['1'], { v: 1 }), { offset: 1 })
      await expect(sink.apply([write], forever)).rejects.toMatchObject({ code: 'MYSQL_DENIED', fate: 'stop' })
      await connection.query(fault?.fix ?? '')
      for (const statement of CREATE) await connection.query(statement)
      await connection.query(`GRANT SELECT, INSERT, UPDATE ON millrace_cursors TO ${user}`)
      await connection.query(`GRANT SELECT, INSERT, UPDATE ON millrace_positions TO ${user}`)
      expect(did(await sink.apply([write], forever))).toEqual(['applied'])
      expect(await faults(table, { url })).toEqual([])
    } finally {
      await connection.query(`DROP USER ${user}`)
    }
  })

  test('a session of the sink is never left inside of a transaction', async () => {
    await using table = await open()
    const sink = await table.sink()
    const bad = placed(table.mergeOf(['1'], { v: 99_999_999_999 }), { offset: 1 })
    expect(did(await sink.apply([bad], forever))).toEqual(['rejected'])
    await using other = {
      connection: await mysql.createConnection({ uri: table.database.adminUrl }),
      [Symbol.asyncDispose]: () => other.connection.end(),
    }
    await other.connection.query(`ALTER TABLE ${table.name} ADD COLUMN w int`)
    expect(await faults(table)).toEqual([])
  })
})
