import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshDatabase } from '../support/fresh-database.ts'
import { freshName } from '../support/fresh-name.ts'
import { Millrace } from '../support/millrace.ts'
import { RestaurantTable } from '../support/restaurant-table.ts'
import { sharedDynoxide, sharedMysql } from '../support/shared-server.ts'
import { until } from '../support/until.ts'

const ROWS = 200_000
const BODY_LENGTH = 300
const RESIDENT_MIB_MAX = 400

test(`a transaction of ${ROWS} rows arrives whole, and the process stays below ${RESIDENT_MIB_MAX} MB`, async () => {
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'millrace-huge-'))
  opened.defer(() => rm(folder, { recursive: true }))
  const database = opened.use(await freshDatabase(await sharedMysql()))
  const emulator = await sharedDynoxide()
  const table = opened.use(await RestaurantTable.create(emulator.url, freshName('letters')))
  await database.query('CREATE TABLE letter (id INT NOT NULL PRIMARY KEY, body VARCHAR(1000) NOT NULL)')
  const millrace = opened.use(
    await Millrace.start({
      MILLRACE_MYSQL_URL: database.url,
      MILLRACE_DYNAMODB_ENDPOINT: emulator.url,
      MILLRACE_LOG: `file:${join(folder, 'log.db')}`,
      MILLRACE_CONNECTORS: new URL('../support/connectors/letters.ts', import.meta.url).pathname,
      MILLRACE_LETTERS_TABLE: table.name,
    }),
  )
  await millrace.ready()

  await database.query(`SET SESSION cte_max_recursion_depth = ${ROWS}`)
  await database.query(`INSERT INTO letter WITH RECURSIVE upto (n) AS
    (SELECT 1 UNION ALL SELECT n + 1 FROM upto WHERE n < ${ROWS}) SELECT n, RPAD(n, ${BODY_LENGTH}, '.') FROM upto`)

  const tally = await until(
    async () => {
      if (millrace.hasEnded) throw new Error(`it ended:\n${millrace.output}`)
      const [item] = await table.items(/^ALL$/u)
      return item !== undefined && Number(item.count) >= ROWS ? item : null
    },
    { what: `${ROWS} rows counted`, withinMs: 300_000, everyMs: 200 },
  )
  const residentMib = await millrace.residentMaxMib()
  expect(await millrace.stop()).toBe(0)
  const numbers = (ROWS * (ROWS + 1)) / 2
  expect(tally).toMatchObject({ count: ROWS, numbers, characters: ROWS * BODY_LENGTH })
  expect(residentMib).toBeLessThan(RESIDENT_MIB_MAX)
}, 400_000)
