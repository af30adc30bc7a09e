// How fast the sink of MySQL writes, its guards and its cursor included, beside bare statements that write the same rows.

import type { DatabaseServer } from '../../../src/stack/database-server.ts'
import { inDatabase } from '../../support/fresh-database.ts'
import type { Setting } from '../benchmark.ts'
import { atLeast, figure, type Report } from '../report.ts'
import { type Medians, mediansOf } from '../rounds.ts'
import { CHUNK, CONNECTIONS, type SinkJob } from './sink-job.ts'
import { SINK_WORKS } from './sink-works.ts'

const CONTENDERS = { 'bare-upserts': 'bare', 'sink-calls': 'sink' } as const
type Contender = keyof typeof CONTENDERS

const ROWS = 60_000
const RATIO_AIM = 0.5

export async function sinkReport(setting: Setting, mysql: DatabaseServer): Promise<Report> {
  const found: (readonly [title: string, Record<Contender, Medians>])[] = []
  let databases = 0
  for (const [work, { title }] of Object.entries(SINK_WORKS)) {
    const run = async (contender: Contender, round: number) => {
      const database = `bench_${++databases}`
      await mysql.query(`CREATE DATABASE ${database}`)
      const job: SinkJob = { url: inDatabase(mysql.adminUrl, database), work, rows: setting.amount(ROWS) }
      const measured = await setting.measure(new URL(`./${contender}.ts`, import.meta.url), job)
      await mysql.query(`DROP DATABASE ${database}`)
      setting.say(`    ${round + 1} ${work} ${contender} ${figure(measured.rows / measured.seconds)}/s`)
      return measured
    }
    const names = Object.keys(CONTENDERS) as Contender[]
    found.push([title, await mediansOf({ rounds: setting.rounds, names, run })])
  }
  return report(found)
}

function report(found: readonly (readonly [title: string, Record<Contender, Medians>])[]): Report {
  const ratio = (of: Record<Contender, Medians>) => of['sink-calls'].rowsPerSecond / of['bare-upserts'].rowsPerSecond
  return {
    title: 'Two-way, the MySQL sink',
    about: [
      'Rows of about 300 bytes on MySQL 9.7. The yardstick is INSERT ... ON DUPLICATE KEY UPDATE of the same rows and columns,',
      `without guards, cursors or transactions; both write ${figure(CHUNK)} rows at a time on each of ${CONNECTIONS} connections.`,
    ],
    head: ['', 'bare rows/s', 'sink rows/s', 'slowest to fastest', 'of bare', 'CPU s per M rows, bare', 'sink'],
    rows: found.map(([title, of]) => {
      const { 'bare-upserts': bare, 'sink-calls': sink } = of
      const range = sink.range.map(figure).join(' to ')
      const cpu = [bare.cpuPerMillion, sink.cpuPerMillion].map(figure)
      return [title, figure(bare.rowsPerSecond), figure(sink.rowsPerSecond), range, figure(ratio(of)), ...cpu]
    }),
    aims: found.map(([title, of]) => atLeast(`${title}, of bare statements`, RATIO_AIM, ratio(of))),
  }
}
