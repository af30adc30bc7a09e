// How long a comment takes from MySQL to DynamoDB while comments come steadily, through either log, by the real process
// and the real connector; what memory that takes, and how soon a started process has done its first event.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseServer } from '../../../src/stack/database-server.ts'
import { openDynoxide } from '../../../src/stack/dynoxide.ts'
import { openKafka } from '../../../src/stack/kafka.ts'
import { openMysql } from '../../../src/stack/mysql.ts'
import { inDatabase } from '../../support/fresh-database.ts'
import { Millrace, type Settings } from '../../support/millrace.ts'
import { RestaurantTable } from '../../support/restaurant-table.ts'
import type { Benchmark, Setting } from '../benchmark.ts'
import { KAFKA_JAVA } from '../kafka-java.ts'
import { type Aim, figure, type Report } from '../report.ts'
import { median, quantile } from '../rounds.ts'
import { Visibility } from './visibility.ts'
import { Visitors } from './visitors.ts'

const LOGS = { file: 'SQLite log', kafka: 'Kafka' } as const
type Kind = keyof typeof LOGS

const ROWS_PER_SECOND = 200
/** Brokers compile what they do often while they do it: a cluster that has run for a minute is twice as quick. */
const WARM_UP_S = 25
const SECONDS = 20
const AIMS = { p50Ms: 15, p99Ms: 60, residentMib: 200, firstMs: 1_000 }

interface Result {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly worstMs: number
  readonly residentMib: number
  readonly firstMs: number
}

export const LATENCY: Benchmark = {
  name: 'latency',
  run: async (setting) => {
    await using opened = new AsyncDisposableStack()
    const mysql = opened.use(await openMysql())
    const kafka = opened.use(await openKafka({ java: KAFKA_JAVA }))
    const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
    opened.defer(() => rm(folder, { recursive: true }))
    const logs = { file: `file:${join(folder, 'log.db')}`, kafka: kafka.url }
    const results = new Map<Kind, Result>()
    for (const kind of Object.keys(LOGS) as Kind[]) {
      setting.say(`  ${LOGS[kind]}`)
      results.set(kind, await measure(setting, mysql, { name: kind, log: logs[kind] }))
    }
    return [report(results)]
  },
}

interface Run {
  readonly name: string
  readonly log: string
}

async function measure(setting: Setting, mysql: DatabaseServer, { name, log }: Run): Promise<Result> {
  await using opened = new AsyncDisposableStack()
  await mysql.query(`CREATE DATABASE bench_${name}`)
  const inOurs = (url: string) => inDatabase(url, `bench_${name}`)
  const emulator = opened.use(await openDynoxide())
  const visibility = opened.use(await Visibility.open(emulator.url))
  const table = opened.use(await RestaurantTable.create(emulator.url, 'restaurant_data'))
  const visitors = opened.use(await Visitors.seat(inOurs(mysql.adminUrl)))
  const settings = {
    MILLRACE_MYSQL_URL: inOurs(mysql.url),
    MILLRACE_DYNAMODB_ENDPOINT: visibility.url,
    MILLRACE_LOG: log,
    MILLRACE_CONNECTORS: new URL('../../../connectors/feedback.ts', import.meta.url).pathname,
  }
  const steady = await steadily({ setting, settings, visitors, visibility })
  const firstMs = await toFirst({ setting, settings, visitors, visibility })
  const items = await table.comments()
  if (items.length !== visitors.rows) throw new Error(`${items.length} comments arrived of ${visitors.rows}`)
  return { ...steady, firstMs }
}

interface Stage {
  readonly setting: Setting
  readonly settings: Settings
  readonly visitors: Visitors
  readonly visibility: Visibility
}

async function steadily({ setting, settings, visitors, visibility }: Stage): Promise<Omit<Result, 'firstMs'>> {
  await using millrace = await Millrace.start(settings)
  await millrace.ready()
  await visitors.commentSteadily(ROWS_PER_SECOND, WARM_UP_S)
  const rows = await visitors.commentSteadily(ROWS_PER_SECOND, setting.amount(SECONDS))
  const latencies: number[] = []
  for (const row of rows) {
    latencies.push((await seen(visibility, row, millrace)) - (visitors.committedAtMs.get(row) ?? Number.NaN))
  }
  const residentMib = await millrace.residentMaxMib()
  await millrace.stop()
  return { p50Ms: median(latencies), p99Ms: quantile(latencies, 0.99), worstMs: Math.max(...latencies), residentMib }
}

async function seen(visibility: Visibility, row: number, millrace: Millrace): Promise<number> {
  return visibility.seen(row).catch((cause) => {
    throw new Error(`${cause.message}; millrace says:\n${millrace.output}`, { cause })
  })
}

/** From the start of the process to the item of a comment that was made while none ran. */
async function toFirst({ setting, settings, visitors, visibility }: Stage): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < setting.rounds; round++) {
    const row = await visitors.comment()
    const startMs = performance.now()
    await using millrace = await Millrace.start(settings)
    times.push((await seen(visibility, row, millrace)) - startMs)
    await millrace.stop()
  }
  return median(times)
}

function report(results: ReadonlyMap<Kind, Result>): Report {
  const all = [...results].map(([kind, result]) => ({ title: LOGS[kind], ...result }))
  return {
    title: 'Latency, memory and start',
    about: [
      `\`millrace start\` with the feedback connector, ${ROWS_PER_SECOND} comments a second, each a transaction of its`,
      'own. Latency is from the answer to the COMMIT to the answer of the light emulator to the request that wrote the',
      'comment, seen by a proxy between the two, which is part of it. Start is from the start of the process to the item',
      'of a comment that waited.',
    ],
    head: ['', 'p50, ms', 'p99, ms', 'worst, ms', 'most memory, MiB', 'start to first event, ms'],
    rows: all.map(({ title, p50Ms, p99Ms, worstMs, residentMib, firstMs }) => {
      return [title, ...[p50Ms, p99Ms, worstMs, residentMib, firstMs].map(figure)]
    }),
    aims: all.flatMap(({ title, ...result }) => aimsOf(title, result)),
  }
}

const WHAT = {
  p50Ms: 'commit to DynamoDB, p50, ms',
  p99Ms: 'commit to DynamoDB, p99, ms',
  residentMib: 'memory, MiB',
  firstMs: 'start to first event, ms',
}

function aimsOf(title: string, result: Result): readonly Aim[] {
  return (Object.keys(AIMS) as (keyof typeof AIMS)[]).map((key) => ({
    what: `${title}: ${WHAT[key]}`,
    aim: figure(AIMS[key]),
    measured: figure(result[key]),
    isMet: result[key] <= AIMS[key],
  }))
}
