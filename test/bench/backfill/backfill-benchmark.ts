// A long history copied while guests go on commenting: how fast it goes, what the guests' comments wait, what it takes
// of memory and of MySQL, and whether both sides are equal afterwards.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunView } from '../../../src/control/run-view.ts'
import type { DatabaseServer } from '../../../src/stack/database-server.ts'
import { openDynoxide } from '../../../src/stack/dynoxide.ts'
import { openMysql } from '../../../src/stack/mysql.ts'
import { inDatabase } from '../../support/fresh-database.ts'
import { Millrace } from '../../support/millrace.ts'
import { RestaurantTable } from '../../support/restaurant-table.ts'
import { Runs } from '../../support/runs.ts'
import type { Benchmark, Setting } from '../benchmark.ts'
import { Visibility } from '../latency/visibility.ts'
import { Visitors } from '../latency/visitors.ts'
import { type Aim, figure, type Report } from '../report.ts'
import { median, quantile } from '../rounds.ts'

const HISTORY_ROWS = 1_000_000
const LIVE_PER_SECOND = 500
/** So long at a time: what was seen is then forgotten. */
const STRETCH_S = 5
const INSERT_ROWS = 10_000
const VERIFY_MS_MAX = 3_600_000
const AIMS = { p99Ms: 1_000, slowQueryMs: 200, slow: 0, locks: 0, lost: 0 }

interface Result {
  readonly rows: number
  readonly seconds: number
  readonly live: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly worstMs: number
  readonly residentMib: number
  readonly laterMib: number
  readonly slow: number
  readonly lockWaits: number
  readonly lost: number
}

export const BACKFILL: Benchmark = {
  name: 'backfill',
  run: async (setting) => {
    await using opened = new AsyncDisposableStack()
    const mysql = opened.use(await openMysql())
    const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
    opened.defer(() => rm(folder, { recursive: true }))
    return [report(await measure(setting, mysql, `file:${join(folder, 'log.db')}`))]
  },
}

async function measure(setting: Setting, mysql: DatabaseServer, log: string): Promise<Result> {
  await using opened = new AsyncDisposableStack()
  await mysql.query('CREATE DATABASE bench')
  await noteSlowQueries(mysql)
  const emulator = opened.use(await openDynoxide())
  const visibility = opened.use(await Visibility.open(emulator.url))
  opened.use(await RestaurantTable.create(emulator.url, 'restaurant_data'))
  const visitors = opened.use(await Visitors.seat(inDatabase(mysql.adminUrl, 'bench')))
  const rows = setting.amount(HISTORY_ROWS)
  setting.say(`  ${rows} comments`)
  for (let made = 0; made < rows; made += INSERT_ROWS)
    await mysql.query(historySql(made, Math.min(INSERT_ROWS, rows - made)))
  const millrace = opened.use(
    await Millrace.start({
      MILLRACE_MYSQL_URL: inDatabase(mysql.url, 'bench'),
      MILLRACE_DYNAMODB_ENDPOINT: visibility.url,
      MILLRACE_LOG: log,
      MILLRACE_CONNECTORS: new URL('../../../connectors/feedback.ts', import.meta.url).pathname,
    }),
  )
  await millrace.ready()
  const runs = new Runs(millrace)
  const locksBefore = await lockWaits(mysql)
  let run = await runs.backfill({ table: 'comment' })
  const latencies: number[] = []
  const memory: number[] = []
  while (run.ended_at === null) {
    const numbers = await visitors.commentSteadily(LIVE_PER_SECOND, STRETCH_S)
    for (const row of numbers) {
      latencies.push((await visibility.seen(row)) - (visitors.committedAtMs.get(row) ?? Number.NaN))
    }
    memory.push(await millrace.residentMib())
    run = await runs.get(run.id)
    setting.say(
      `    ${run.rows_done} rows, ${run.rows_per_second}/s, live p99 ${figure(quantile(latencies, 0.99))} ms, ${figure(memory.at(-1) ?? 0)} MiB`,
    )
  }
  const seconds = (Date.parse(run.ended_at) - Date.parse(run.started_at ?? '')) / 1000
  const memoryMib = await millrace.residentMaxMib()
  const atServer = { slow: (await slowQueries(mysql)) - 1, lockWaits: (await lockWaits(mysql)) - locksBefore }
  setting.say('    verifying ...')
  const { found } = await runs.verify({ table: 'comment' }, { withinMs: VERIFY_MS_MAX })
  const lost = rows + visitors.rows - found.equal
  return {
    ...{ rows, seconds, live: visitors.rows, lost: lost + countFaults(run) },
    ...{ p50Ms: median(latencies), p99Ms: quantile(latencies, 0.99), worstMs: quantile(latencies, 1) },
    ...{ ...atServer, residentMib: memoryMib, laterMib: memory.at(-1) ?? 0 },
  }
}

/** Whatever the run says that does not add up. */
function countFaults({ state, rows, rows_done, tally }: RunView): number {
  return state === 'done' ? rows - rows_done + tally.rejected : rows
}

function historySql(made: number, rows: number): string {
  const values = Array.from({ length: rows }, (_, index) => {
    const number = made + index
    return `(${1 + (number % 500)}, 'Comment number ${number}: the soup was the best in town, and we shall be back', ${1 + (number % 5)}, '2024-01-01 12:00:00')`
  })
  return `INSERT INTO bench.comment (iddatasession, comment, rating, date_entered) VALUES ${values.join()}`
}

/** From now on, in sessions that are opened from now on. One that is slow for certain shows that they are noted. */
async function noteSlowQueries(mysql: DatabaseServer): Promise<void> {
  await mysql.query(
    "SET GLOBAL log_output = 'TABLE'",
    `SET GLOBAL long_query_time = ${AIMS.slowQueryMs / 1000}`,
    'SET GLOBAL slow_query_log = ON',
  )
  await mysql.query(`DO SLEEP(${(2 * AIMS.slowQueryMs) / 1000})`)
  if ((await slowQueries(mysql)) !== 1) throw new Error('MySQL does not note slow queries')
}

async function slowQueries(mysql: DatabaseServer): Promise<number> {
  // What fills the tables beforehand is ours and may take its time.
  const [row] = await mysql.query("SELECT COUNT(*) AS n FROM mysql.slow_log WHERE sql_text NOT LIKE 'INSERT%'")
  return Number(row?.n)
}

async function lockWaits(mysql: DatabaseServer): Promise<number> {
  const [row] = await mysql.query("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_waits'")
  return Number(row?.Value ?? 0)
}

function report(result: Result): Report {
  const { rows, seconds, live, p50Ms, p99Ms, worstMs, residentMib, slow, lockWaits: locks, lost } = result
  const met = (what: string, aim: number, measured: number): Aim => {
    return { what, aim: figure(aim), measured: figure(measured), isMet: measured <= aim }
  }
  return {
    title: 'Backfill beside live changes',
    about: [
      `\`millrace backfill --table comment\` of ${figure(rows)} comments on the SQLite log and the light emulator, while guests leave`,
      `${LIVE_PER_SECOND} comments a second, each a transaction of its own (${figure(live)} in all). Latency is that of these.`,
    ],
    head: ['rows/s', 'live p50, ms', 'live p99, ms', 'live worst, ms', 'most memory, MiB', 'memory at the end, MiB'],
    rows: [[rows / seconds, p50Ms, p99Ms, worstMs, residentMib, result.laterMib].map(figure)],
    aims: [
      met('live, commit to DynamoDB, p99, ms', AIMS.p99Ms, p99Ms),
      met(`queries of MySQL over ${AIMS.slowQueryMs} ms`, AIMS.slow, slow),
      met('waits for row locks', AIMS.locks, locks),
      met('comments that are missing, differ, or were not counted', AIMS.lost, lost),
    ],
  }
}
