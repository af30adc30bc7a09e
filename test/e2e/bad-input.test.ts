// What an operator gets wrong, and what data does: each ends in a named error that says what mends it, or in a dead
// letter with its reason; nothing is lost, and other tables go on.

import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect, onTestFinished, test } from 'vitest'
import { runCommand } from '../support/command.ts'
import { freshName } from '../support/fresh-name.ts'
import { Millrace, type Settings } from '../support/millrace.ts'
import { ownMysql } from '../support/own-mysql.ts'
import { notReady, parcelPlace } from '../support/parcel-place.ts'

interface Finding {
  readonly check: string
  readonly isOk: boolean
  readonly detail: string
  readonly fix?: string
}

/** What `start` and `doctor` say of the same settings. */
async function refusal(settings: Settings) {
  const [start, doctor] = await Promise.all([
    runCommand(['start'], settings),
    runCommand(['doctor', '--json'], settings),
  ])
  const { findings } = JSON.parse(doctor.out) as { findings: readonly Finding[] }
  const bad = findings.filter((finding) => !finding.isOk)
  return {
    code: start.code,
    said: start.err,
    doctor: doctor.code,
    found: bad.map((one) => Object.values(one).join(' ')),
  }
}

const everywhere = (text: string | RegExp) => ({
  said: expect.stringMatching(text),
  found: expect.arrayContaining([expect.stringMatching(text)]),
})

test('a URL of another kind of server', async () => {
  const { settings } = await parcelPlace()
  const wrong = await refusal({ ...settings, MILLRACE_MYSQL_URL: 'postgres://app:hunter2@127.0.0.1/app' })
  expect(wrong).toMatchObject({
    code: 2,
    doctor: 3,
    ...everywhere(/CONFIG_INVALID[\s\S]*MILLRACE_MYSQL_URL.*mysql:\/\//u),
  })
  expect(JSON.stringify(wrong)).not.toContain('hunter2')
})

test('a host that does not exist is waited for, by name', async () => {
  const { settings } = await parcelPlace()
  const away = { ...settings, MILLRACE_MYSQL_URL: 'mysql://app:hunter2@no-such-host.invalid:3306/app' }
  await using millrace = await Millrace.start(away)
  expect(await notReady(millrace, 'MYSQL_UNREACHABLE')).toContain('no-such-host.invalid')
  const { code, out } = await runCommand(['doctor', '--json'], away)
  expect(code).toBe(3)
  expect(out).toMatch(/MYSQL_UNREACHABLE.*Check that the server in MILLRACE_MYSQL_URL runs/u)
  expect(await millrace.stop()).toBe(0)
  expect(out + millrace.output).not.toContain('hunter2')
})

test('a wrong password', async () => {
  const { settings, database } = await parcelPlace()
  const url = Object.assign(new URL(database.url), { password: 'hunter2' }).href
  const wrong = await refusal({ ...settings, MILLRACE_MYSQL_URL: url })
  const says = everywhere(/MYSQL_DENIED[\s\S]*Correct user and password in MILLRACE_MYSQL_URL/u)
  expect(wrong).toMatchObject({ code: 3, doctor: 3, ...says })
  expect(JSON.stringify(wrong)).not.toContain('hunter2')
})

test('missing privileges, each with its GRANT', async () => {
  const { settings, database } = await parcelPlace()
  const user = freshName('user')
  await database.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'pw'`)
  await database.query(`GRANT SELECT ON ${database.name}.parcel TO '${user}'@'%'`)
  const url = Object.assign(new URL(database.url), { username: user, password: 'pw' }).href
  const wrong = await refusal({ ...settings, MILLRACE_MYSQL_URL: url })
  await database.query(`DROP USER '${user}'@'%'`)
  expect(wrong).toMatchObject({ code: 3, doctor: 3 })
  for (const right of [
    'REPLICATION SLAVE ON *.*',
    'REPLICATION CLIENT ON *.*',
    `SELECT ON \`${database.name}\`.\`note\``,
  ]) {
    expect(wrong.said).toContain(`GRANT ${right} TO '${user}'@'%'`)
    expect(wrong.found.join()).toContain(`GRANT ${right} TO '${user}'@'%'`)
  }
})

test('a server that does not log whole rows with their names: every setting, with its statement', async () => {
  const names = ['binlog-format', 'binlog-row-image', 'binlog-row-metadata']
  const values = ['STATEMENT', 'MINIMAL', 'MINIMAL']
  const server = await ownMysql({ settings: Object.fromEntries(names.map((name, at) => [name, values[at]!])) })
  const wrong = await refusal((await parcelPlace(server)).settings)
  expect(wrong).toMatchObject({ code: 3, doctor: 3, said: expect.stringContaining('START_REFUSED') })
  for (const fix of ["binlog_format = 'ROW'", "binlog_row_image = 'FULL'", "binlog_row_metadata = 'FULL'"]) {
    expect(wrong.said).toContain(`-> SET PERSIST ${fix}`)
    expect(wrong.found.join()).toContain(`SET PERSIST ${fix}`)
  }
})

test('two broken connectors, reported together', async () => {
  const { settings, folder } = await parcelPlace()
  await writeFile(join(folder, 'one.mjs'), 'export default { name: "One", source: "mysql" }')
  await writeFile(join(folder, 'two.mjs'), 'export const two = 2')
  const files = ['one.mjs', 'two.mjs'].map((name) => join(folder, name)).join()
  const wrong = await refusal({ ...settings, MILLRACE_CONNECTORS: files })
  expect(wrong).toMatchObject({ code: 3, doctor: 3, ...everywhere(/one\.mjs: name: must be small letters/u) })
  expect(wrong).toMatchObject(everywhere(/two\.mjs: it has no default export; write `export default/u))
  expect(wrong).toMatchObject(everywhere(/Correct the connector as named above/u))
})

test('columns that two connectors read and the tables do not have, with what was probably meant', async () => {
  const { settings: all, folder, table } = await parcelPlace()
  const { MILLRACE_PARCELS_TABLE: _, ...settings } = all
  const connector = (name: string, of: string, columns: readonly string[]) =>
    `export default { name: '${name}', source: 'mysql', sink: 'dynamodb',
      targets: () => ({ '${table.name}': { key: ['pk', 'sk'], owns: ['${name}'] } }),
      tables: { ${of}: { columns: ${JSON.stringify(columns)}, map: () => [] } } }`
  await writeFile(join(folder, 'one.mjs'), connector('one', 'parcel', ['id', 'lable']))
  await writeFile(join(folder, 'two.mjs'), connector('two', 'note', ['id', 'texts']))
  const files = ['one.mjs', 'two.mjs'].map((name) => join(folder, name)).join()
  const wrong = await refusal({ ...settings, MILLRACE_CONNECTORS: files })
  expect(wrong).toMatchObject({ code: 3, doctor: 3 })
  expect(wrong).toMatchObject(
    everywhere(/one: the table parcel reads parcel\.lable, which is not there; did you mean label\?/u),
  )
  expect(wrong).toMatchObject(
    everywhere(/two: the table note reads note\.texts, which is not there; did you mean text\?/u),
  )
})

test('a DynamoDB table that is not there, with the command that makes it', async () => {
  const { settings } = await parcelPlace()
  const wrong = await refusal({ ...settings, MILLRACE_PARCELS_TABLE: 'not_there' })
  const says = everywhere(
    /DynamoDB table not_there.*it does not exist[\s\S]*aws dynamodb create-table --table-name not_there/u,
  )
  expect(wrong).toMatchObject({ code: 3, doctor: 3, ...says })
})

test('a DynamoDB table with another key', async () => {
  const { settings } = await parcelPlace()
  const name = freshName('numbers')
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new DynamoDBClient({
    endpoint: settings.MILLRACE_DYNAMODB_ENDPOINT!,
    region: 'eu-central-1',
    credentials,
  })
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
    }),
  )
  client.destroy()
  const wrong = await refusal({ ...settings, MILLRACE_PARCELS_TABLE: name })
  const says = everywhere(
    /its key is id \(N\), but the connector writes pk \(S\), sk \(S\)[\s\S]*Name its key attributes/u,
  )
  expect(wrong).toMatchObject({ code: 3, doctor: 3, ...says })
})

test('a log file that cannot be used', async () => {
  const { settings, folder } = await parcelPlace()
  await writeFile(join(folder, 'letter.txt'), 'This is no database, however long one looks at it. '.repeat(100))
  const noLog = await refusal({ ...settings, MILLRACE_LOG: `file:${join(folder, 'letter.txt')}` })
  expect(noLog).toMatchObject({
    code: 3,
    doctor: 3,
    ...everywhere(/LOG_FILE_UNUSABLE[\s\S]*Name another file in MILLRACE_LOG/u),
  })
  const noPlace = await refusal({ ...settings, MILLRACE_LOG: `file:${join(folder, 'missing', 'log.db')}` })
  expect(noPlace).toMatchObject({ code: 3, doctor: 3, ...everywhere(/LOG_FILE_UNUSABLE[\s\S]*Create its directory/u) })
  await mkdir(join(folder, 'folder'))
  const isFolder = await refusal({ ...settings, MILLRACE_LOG: `file:${join(folder, 'folder')}` })
  expect(isFolder).toMatchObject({ code: 3, doctor: 3, ...everywhere(/LOG_FILE_UNUSABLE/u) })
})

test('a port that another process has', async () => {
  const { settings } = await parcelPlace()
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const { code, err } = await runCommand(['start'], { ...settings, MILLRACE_HTTP_PORT: String(port) })
  expect(code).toBe(3)
  expect(err).toMatch(new RegExp(`PORT_TAKEN: 127.0.0.1:${port} is taken.*\n.*MILLRACE_HTTP_PORT`, 'u'))
})

test('a table without a primary key: its changes are dead letters, other tables go on', async () => {
  const at = await parcelPlace()
  await at.database.query('ALTER TABLE note DROP PRIMARY KEY')
  const doctor = await runCommand(['doctor', '--json'], at.settings)
  expect(doctor.code).toBe(3)
  expect(doctor.out).toMatch(/note.*has no primary key.*ADD PRIMARY KEY/u)
  await using millrace = await (await Millrace.start(at.settings)).ready()
  await at.database.query("INSERT INTO note VALUES (1, 1, 'lost?')")
  await at.database.query("INSERT INTO parcel VALUES (1, 'box', 'x')")
  await at.item('parcel', 1, { label: 'box' })
  const [letter] = await at.deadLetters('note', 1)
  expect(letter).toMatchObject({ connector: 'parcels', reason: 'the table note has no primary key' })
  await millrace.ready()
  expect(await millrace.stop()).toBe(0)
})

test('an item of more than 400 KB waits with its reason, later changes of its key behind it; others go on', async () => {
  const at = await parcelPlace()
  await using millrace = await (await Millrace.start(at.settings)).ready()
  await at.database.query("INSERT INTO parcel VALUES (1, 'huge', REPEAT('x', 450000))")
  await at.database.query("UPDATE parcel SET body = 'small' WHERE id = 1")
  await at.database.query("INSERT INTO parcel VALUES (2, 'other', 'x')")
  await at.item('parcel', 2)
  const [huge, later] = await at.deadLetters('parcel', 2)
  expect(huge?.reason).toMatch(/4\d{5} bytes.*409600|400/u)
  expect(huge?.value?.length).toBeGreaterThan(450_000)
  expect(later?.reason).toMatch(/^behind /u)
  expect(await at.table.items(/^1$/u)).toEqual([])
  expect(await millrace.stop()).toBe(0)
})

test('bytes that are no text in their charset wait with their reason; others go on', async () => {
  const at = await parcelPlace()
  await using millrace = await (await Millrace.start(at.settings)).ready()
  await at.database.query("INSERT INTO parcel VALUES (1, _ucs2 X'0041D8000042', 'x')")
  await at.database.query("INSERT INTO parcel VALUES (2, 'fine', 'x')")
  await at.item('parcel', 2)
  const [letter] = await at.deadLetters('parcel', 1)
  expect(letter?.reason).toContain('.parcel.label holds bytes that are no ucs2: 0xD8000042 at byte 2 of 6')
  expect(await at.table.items(/^1$/u)).toEqual([])
  expect(await millrace.stop()).toBe(0)
})
