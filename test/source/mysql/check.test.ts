import { describe, expect, test } from 'vitest'
import type { Finding } from '../../../src/core/finding.ts'
import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import { openMariadb } from '../../../src/stack/mariadb.ts'
import { openMysql } from '../../../src/stack/mysql.ts'
import { freshDatabase } from '../../support/fresh-database.ts'
import { freshName } from '../../support/fresh-name.ts'
import { sharedMariadb, sharedMysql } from '../../support/shared-server.ts'

describe.each([
  {
    flavour: 'mysql',
    shared: sharedMysql,
    open: openMysql,
    wrong: { 'binlog-row-value-options': 'PARTIAL_JSON', 'binlog-transaction-compression': 'ON', 'gtid-mode': 'OFF' },
  },
  { flavour: 'mariadb', shared: sharedMariadb, open: openMariadb, wrong: { 'log-bin-compress': 'ON' } },
])('the check of $flavour', ({ flavour, shared, open, wrong }) => {
  test('finds nothing wrong with a server set up for capture, with the rights of the capture account', async () => {
    await using at = await freshDatabase(await shared())
    await at.query('CREATE TABLE t (id int PRIMARY KEY)')
    await using source = openMysqlSource({ url: at.url, tables: ['t'] })
    const findings = await source.check(['t'])
    expect(failed(findings)).toEqual([])
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['version', 'log_bin', 'binlog_row_metadata', 'REPLICATION SLAVE', 'primary key of t']),
    )
  })

  test('names every setting that is wrong, each with the statement that mends it', async () => {
    const settings = {
      'binlog-format': 'MIXED',
      'binlog-row-image': 'MINIMAL',
      'binlog-row-metadata': 'MINIMAL',
      'binlog-expire-logs-seconds': '3600',
      ...wrong,
    }
    await using server = await open({ settings })
    await using source = openMysqlSource({ url: server.url, tables: [] })
    const findings = failed(await source.check([]))
    const names = Object.keys(settings).map((name) => name.replaceAll('-', '_'))
    expect(findings.map(({ check }) => check).sort()).toEqual(names.sort())
    for (const { check, fix } of findings) expect(fix).toMatch(new RegExp(`SET (PERSIST|GLOBAL).*${check}`))
    // The statements do what they say.
    for (const { fix } of findings) {
      for (const statement of (fix ?? '').replace(/, and .*/, '').split('; ')) await server.query(statement)
    }
    expect(failed(await source.check([]))).toEqual([])
  })

  test('names tables that are missing, have no key, no transactions, or are views', async () => {
    await using at = await freshDatabase(await shared())
    await at.query('CREATE TABLE keyless (id int)')
    await at.query('CREATE TABLE loose (id int PRIMARY KEY) ENGINE = MyISAM')
    await at.query('CREATE VIEW seen AS SELECT 1 AS one')
    await using source = openMysqlSource({ url: at.url, tables: [] })
    const findings = failed(await source.check(['keyless', 'loose', 'seen', 'missing']))
    expect(findings.map(({ check, fix }) => `${check}: ${fix?.replaceAll(at.name, 'db')}`)).toEqual([
      'primary key of keyless: ALTER TABLE `db`.`keyless` ADD PRIMARY KEY (…)',
      'engine of loose: ALTER TABLE `db`.`loose` ENGINE = InnoDB',
      'table seen: Name the tables behind it',
      'table missing: Create `db`.`missing`, or name another table',
    ])
  })

  test('names foreign keys whose changes the server does not log', async () => {
    await using at = await freshDatabase(await shared())
    await at.query('CREATE TABLE parent (id int PRIMARY KEY)')
    await at.query(`CREATE TABLE child (id int PRIMARY KEY, parent int,
      CONSTRAINT kin FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE)`)
    await using source = openMysqlSource({ url: at.url, tables: [] })
    const findings = failed(await source.check(['child']))
    expect(findings.map(({ check }) => check)).toEqual(flavour === 'mariadb' ? ['foreign key kin'] : [])
  })

  test('names each right that is missing, and what grants it', async () => {
    await using at = await freshDatabase(await shared())
    await at.query('CREATE TABLE t (id int PRIMARY KEY)')
    await at.query('CREATE TABLE u (id int PRIMARY KEY)')
    const user = freshName('user')
    await at.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'pw'`)
    await at.query(`GRANT SELECT ON ${at.name}.t TO '${user}'@'%'`)
    const url = Object.assign(new URL(at.url), { username: user, password: 'pw' }).href
    await using source = openMysqlSource({ url, tables: [] })
    const findings = failed(await source.check(['t', 'u']))
    const client = flavour === 'mysql' ? 'REPLICATION CLIENT' : 'BINLOG MONITOR'
    expect(findings.map(({ fix }) => fix)).toEqual([
      `GRANT ${client} ON *.* TO '${user}'@'%'`,
      `GRANT REPLICATION SLAVE ON *.* TO '${user}'@'%'`,
      `GRANT SELECT ON \`${at.name}\`.\`u\` TO '${user}'@'%'`,
    ])
    for (const { fix } of findings) await at.query(fix ?? '')
    await using again = openMysqlSource({ url, tables: [] })
    expect(failed(await again.check(['t', 'u']))).toEqual([])
    await at.query(`DROP USER '${user}'@'%'`)
  })
})

function failed(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ isOk }) => !isOk)
}
