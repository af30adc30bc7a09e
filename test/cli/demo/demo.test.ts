import { expect, test } from 'vitest'
import { runCommand } from '../../support/command.ts'
import { freshDatabase } from '../../support/fresh-database.ts'
import { sharedMariadb } from '../../support/shared-server.ts'

test('the demo shows feedback arriving, and both sides hold the same at its end', async () => {
  const { code, out } = await runCommand(['demo', '--for', '3', '--json'])
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const { summary } = lines.at(-1)
  expect(summary.written).toBeGreaterThan(2)
  expect(summary).toMatchObject({ arrived: summary.written, inMysql: summary.written, inDynamodb: summary.written })
  expect(lines.slice(0, -1)).toHaveLength(summary.written)
  expect(lines[0]).toEqual({ idcomment: expect.any(Number), venue: expect.any(String), latencyMs: expect.any(Number) })
  expect(code).toBe(0)
})

test('npm start shows the demo when no MySQL is named; without a terminal in plain lines', async () => {
  const aLine = /^\d\d:\d\d:\d\d {2}\+[\d.]+ ms {2}[1-5]\/5 {2}.+: .+$/m
  const { code, out, err } = await runCommand(['start', '--or-demo'], {}, aLine)
  expect(err).toBe('')
  expect(out).toContain('both sides hold the same')
  expect(code).toBe(0)
})

test('it never writes into a database that somebody else filled', async () => {
  await using database = await freshDatabase(await sharedMariadb())
  await database.query('CREATE TABLE theirs (id INT PRIMARY KEY)')
  const { code, err } = await runCommand(['demo', '--for', '2'], { MILLRACE_MYSQL_URL: database.adminUrl })
  expect(code).toBe(3)
  expect(err).toContain('DEMO_REFUSED: the database in MILLRACE_MYSQL_URL holds tables already: theirs')
  expect(await database.query('SHOW TABLES')).toHaveLength(1)
})

test.each(['0', '-1', 'soon'])('--for %s is wrong usage', async (seconds) => {
  const { code, err } = await runCommand(['demo', `--for=${seconds}`])
  expect(code).toBe(2)
  expect(err).toContain(`--for is a number of seconds, not "${seconds}"`)
})
