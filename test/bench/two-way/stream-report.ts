// How fast a stream is read, and how fast all of it gets to MySQL, beside bare requests that read the same stream.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseServer } from '../../../src/stack/database-server.ts'
import { openDynamodbLocal } from '../../../src/stack/dynamodb-local.ts'
import { inDatabase } from '../../support/fresh-database.ts'
import type { Setting } from '../benchmark.ts'
import type { Contention } from '../contender.ts'
import { atLeast, figure, type Report } from '../report.ts'
import { type Medians, mediansOf } from '../rounds.ts'
import { fillStream } from './response-stream.ts'
import { commentsIn } from './responses.ts'
import { type LineJob, PASSES, type StreamJob } from './stream-job.ts'

const CONTENDERS = {
  'bare-reading': 'bare signed GetRecords, parsed',
  'sdk-reading': "the SDK's client",
  'changes-reading': 'our source alone',
  'stream-line': 'stream to MySQL: source, SQLite log, connector and sink',
} as const
type Contender = keyof typeof CONTENDERS
const NAMES = Object.keys(CONTENDERS) as Contender[]

const RECORDS = 40_000
const SDK_AIM = 1
const LINE_AIM = 0.9

export async function streamReport(setting: Setting, mysql: DatabaseServer): Promise<Report> {
  await using emulator = await openDynamodbLocal()
  const records = setting.amount(RECORDS)
  const stream = await fillStream(emulator.url, records)
  setting.say(`    a stream of ${figure(records)} records is there`)
  const run = async (contender: Contender, round: number) => {
    const file = new URL(`./${contender}.ts`, import.meta.url)
    const runIt = (job: object) => setting.measure(file, job)
    const measured = await (contender === 'stream-line' ? intoMysql(mysql, stream, runIt) : runIt(stream))
    setting.say(`    ${round + 1} ${contender} ${figure(measured.rows / measured.seconds)}/s`)
    return measured
  }
  return report(await mediansOf({ rounds: setting.rounds, names: NAMES, run }), records)
}

type Run = (job: object) => ReturnType<Setting['measure']>

/** Every pass into a database of its own; all comments have their reply in the end. */
async function intoMysql(mysql: DatabaseServer, stream: StreamJob, run: Run): ReturnType<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
  const databases = PASSES.map((pass) => [pass, `bench_line_${pass.replace('-', '_')}`] as const)
  for (const [, database] of databases) await mysql.query(...commentsIn(database, stream.records))
  const mysqlUrls = databases.map(([pass, database]) => [pass, inDatabase(mysql.adminUrl, database)])
  const measured = await run({
    ...stream,
    folder,
    mysqlUrls: Object.fromEntries(mysqlUrls),
    isSteady: true,
  } satisfies LineJob & Contention)
  for (const [, database] of databases) {
    const [row] = await mysql.query(`SELECT COUNT(reply) AS replies FROM ${database}.comment`)
    if (row?.replies !== stream.records) throw new Error(`${row?.replies} of ${stream.records} replies arrived`)
    await mysql.query(`DROP DATABASE ${database}`)
  }
  await rm(folder, { recursive: true })
  return measured
}

function report(medians: Record<Contender, Medians>, records: number): Report {
  const of = (name: Contender, other: Contender) => medians[name].rowsPerSecond / medians[other].rowsPerSecond
  return {
    title: 'Two-way, from a stream to MySQL',
    about: [
      `A stream of ${figure(records)} records of 1 KB on DynamoDB Local, in one shard; each is an approved response, whose reply`,
      'goes into its comment on MySQL 9.7. Each contender reads all of it once before the clock runs. Both servers share the',
      'cores with the line.',
    ],
    head: ['', 'records/s', 'slowest to fastest', 'of bare', 'CPU s per M records', 'most memory, MiB'],
    rows: NAMES.map((name) => {
      const { rowsPerSecond, range, cpuPerMillion, residentMaxMib } = medians[name]
      const figures = [of(name, 'bare-reading'), cpuPerMillion, residentMaxMib].map(figure)
      return [CONTENDERS[name], figure(rowsPerSecond), range.map(figure).join(' to '), ...figures]
    }),
    aims: [
      atLeast("our source, of the SDK's client", SDK_AIM, of('changes-reading', 'sdk-reading')),
      atLeast('stream to MySQL, of bare requests', LINE_AIM, of('stream-line', 'bare-reading')),
    ],
  }
}
