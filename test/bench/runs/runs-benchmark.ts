// How fast runs go beside what they are made of: a replay beside the sink, a backfill beside the deliveries.

import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openSqliteLog } from '../../../src/log/sqlite/sqlite-log.ts'
import { openDynoxide } from '../../../src/stack/dynoxide.ts'
import type { ApplyJob, DeliverJob } from '../apply/apply-job.ts'
import { WARM_UP } from '../apply/apply-job.ts'
import { fillLog } from '../apply/filled-log.ts'
import type { Benchmark, Setting } from '../benchmark.ts'
import type { Contention } from '../contender.ts'
import { atLeast, figure, type Report } from '../report.ts'
import { type Medians, mediansOf } from '../rounds.ts'
import { openPlace, type Place } from './place.ts'
import { fillRows, makeTable } from './rows.ts'
import type { RunsJob } from './runs-job.ts'

const ROWS = 40_000
/** What only goes into the log goes faster. */
const LOGGED_ROWS = 300_000
const AIMS = { replay: 0.9, logged: 40_000, delivered: 0.85 }

const MOVING = {
  'sink-creates': 'our creates alone',
  'replay-log': 'replay of a SQLite log into an empty table',
  'file-delivery': 'deliveries of a SQLite log',
  'backfill-delivered': 'backfill, rows read, logged and delivered',
  'backfill-log': 'backfill, rows read and logged',
} as const
type Moving = keyof typeof MOVING

export const RUNS: Benchmark = {
  name: 'runs',
  run: async (setting) => {
    await using place = await openPlace()
    return [movingReport(await measureMoving(setting, place))]
  },
}

async function measureMoving(setting: Setting, { mysql, folder }: Place): Promise<Record<Moving, Medians>> {
  await using emulator = await openDynoxide()
  const { url: endpoint } = emulator
  const rows = setting.amount(ROWS)
  const logged = setting.amount(LOGGED_ROWS)
  await fillRows(mysql, logged)
  const filled = join(folder, 'filled.db')
  const log = await openSqliteLog({ path: filled })
  await fillLog(log, rows + WARM_UP, 1)
  await log.close()
  const run = async (contender: Moving, round: number) => {
    const table = `${contender}-${Date.now()}`
    await makeTable(endpoint, table)
    const path = join(folder, `${table}.db`)
    if (contender === 'replay-log' || contender === 'file-delivery') await copyFile(filled, path)
    const own: RunsJob = {
      mysqlUrl: mysql.url,
      endpoint,
      table,
      rows: contender === 'backfill-log' ? logged : rows + WARM_UP,
      log: path,
    }
    const job: RunsJob & ApplyJob & DeliverJob & Contention = { ...own, items: rows, reader: table, isSteady: true }
    const isOfApply = contender === 'sink-creates' || contender === 'file-delivery'
    const file = new URL(`${isOfApply ? '../apply' : '.'}/${contender}.ts`, import.meta.url)
    const measured = await setting.measure(file, job)
    setting.say(`    ${round + 1} ${contender} ${figure(measured.rows / measured.seconds)}/s`)
    return measured
  }
  return await mediansOf({ rounds: setting.rounds, names: Object.keys(MOVING) as Moving[], run })
}

function movingReport(results: Record<Moving, Medians>): Report {
  const ratio = (name: Moving, of: Moving) => results[name].rowsPerSecond / results[of].rowsPerSecond
  const names = Object.keys(MOVING) as Moving[]
  const logged = results['backfill-log'].rowsPerSecond
  return {
    title: 'Replay and backfill',
    about: ['Rows of about 500 bytes, each an item of about 700 on the light emulator; the log is the SQLite file.'],
    head: ['', 'rows/s', 'slowest to fastest', 'of our creates', 'CPU s per M rows', 'most memory, MiB'],
    rows: names.map((name) => {
      const { rowsPerSecond, range, cpuPerMillion, residentMaxMib } = results[name]
      const figures = [ratio(name, 'sink-creates'), cpuPerMillion, residentMaxMib].map(figure)
      return [MOVING[name], figure(rowsPerSecond), range.map(figure).join(' to '), ...figures]
    }),
    aims: [
      atLeast('replay, of our creates alone', AIMS.replay, ratio('replay-log', 'sink-creates')),
      atLeast('backfill, of deliveries alone', AIMS.delivered, ratio('backfill-delivered', 'file-delivery')),
      atLeast('rows/s read and logged', AIMS.logged, logged),
    ],
  }
}
