import { expect, onTestFinished, test } from 'vitest'
import { openMysqlCanary } from '../../../src/sink/mysql/mysql-canary.ts'
import { openMysql } from '../../../src/stack/mysql.ts'
import { freshDatabase } from '../../support/fresh-database.ts'
import { sharedMysql } from '../../support/shared-server.ts'

const { signal } = new AbortController()

test('sings into a table that it makes, and never the same twice', async () => {
  await using database = await freshDatabase(await sharedMysql())
  const canary = openMysqlCanary(database.adminUrl)
  onTestFinished(() => canary.close())
  expect(await canary.check()).toMatchObject({ isOk: true, detail: expect.stringContaining('at the first start') })
  const sung: number[] = []
  for (let time = 0; time < 5; time++) {
    await canary.sing(signal)
    const [row] = await database.query('SELECT COUNT(*) AS rows_there, MAX(sung_at) AS sung_at FROM millrace_canary')
    expect(row?.rows_there).toBe(1)
    sung.push(Number(row?.sung_at))
  }
  expect(new Set(sung).size).toBe(5)
  expect(Math.abs(Date.now() - (sung[0] ?? 0))).toBeLessThan(60_000)
  expect(await canary.check()).toMatchObject({ isOk: true, detail: expect.stringContaining('may be written') })
})

test('is refused where the user may not write, and by a server that is read only until it is not', async () => {
  await using server = await openMysql()
  const reader = openMysqlCanary(server.url)
  const writer = openMysqlCanary(server.adminUrl)
  onTestFinished(async () => void (await Promise.all([reader.close(), writer.close()])))
  await expect(reader.sing(signal)).rejects.toMatchObject({ code: 'MYSQL_DENIED' })
  await writer.sing(signal)
  await server.query('SET GLOBAL super_read_only = ON')
  await expect(writer.sing(signal)).rejects.toMatchObject({ code: 'MYSQL_DENIED', message: 'the server is read only' })
  await server.query('SET GLOBAL super_read_only = OFF')
  await server.query('SET GLOBAL read_only = OFF')
  await writer.sing(signal)
})
