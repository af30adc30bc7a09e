// How long a change takes from DynamoDB to the row in MySQL while changes come steadily, by the real command.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseServer } from '../../../src/stack/database-server.ts'
import { openDynamodbLocal } from '../../../src/stack/dynamodb-local.ts'
import { inDatabase } from '../../support/fresh-database.ts'
import { Millrace } from '../../support/millrace.ts'
import { StreamTable } from '../../support/stream-table.ts'
import type { Setting } from '../benchmark.ts'
import { atMost, figure, type Report } from '../report.ts'
import { median, quantile } from '../rounds.ts'
import { steadily } from '../steadily.ts'
import { Replies } from './replies.ts'
import { commentsIn, KEY, RESPONSES, response } from './responses.ts'

const PER_SECOND = 100
const WARM_UP_S = 12
const SECONDS = 20
const AIMS = { p50Ms: 100, p99Ms: 400 }
const DATABASE = 'bench_latency'

export async function latencyReport(setting: Setting, mysql: DatabaseServer): Promise<Report> {
  await using opened = new AsyncDisposableStack()
  const emulator = opened.use(await openDynamodbLocal())
  const table = opened.use(await StreamTable.create(emulator.url, { name: RESPONSES, key: KEY }))
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
  opened.defer(() => rm(folder, { recursive: true }))
  const seconds = setting.amount(SECONDS)
  await mysql.query(...commentsIn(DATABASE, PER_SECOND * (WARM_UP_S + seconds)))
  const url = inDatabase(mysql.adminUrl, DATABASE)
  const millrace = opened.use(
    await Millrace.start({
      MILLRACE_MYSQL_URL: url,
      MILLRACE_DYNAMODB_ENDPOINT: emulator.url,
      MILLRACE_LOG: `file:${join(folder, 'log.db')}`,
      MILLRACE_CONNECTORS: 'feedback-replies',
    }),
  )
  await millrace.ready()
  const replies = opened.use(await Replies.watch(url))
  let id = 0
  const write = async () => {
    const own = ++id
    await table.put(response(own))
    const answeredMs = performance.now()
    return (await replies.seen(own)) - answeredMs
  }
  await steadily(write, { perSecond: PER_SECOND, seconds: WARM_UP_S })
  const latencies = await steadily(write, { perSecond: PER_SECOND, seconds })
  const residentMib = await millrace.residentMaxMib()
  await millrace.stop()
  await mysql.query(`DROP DATABASE ${DATABASE}`)
  return report(latencies, residentMib)
}

function report(latencies: readonly number[], residentMib: number): Report {
  const [p50, p99] = [median(latencies), quantile(latencies, 0.99)]
  return {
    title: 'Two-way, latency',
    about: [
      `\`millrace start\` with the feedback-replies connector and the SQLite log, ${PER_SECOND} responses a second. From the answer`,
      `of DynamoDB Local to the write until MySQL shows the reply to a reader that looks every ${Replies.everyMs} ms.`,
    ],
    head: ['p50, ms', 'p99, ms', 'worst, ms', 'most memory, MiB'],
    rows: [[p50, p99, Math.max(...latencies), residentMib].map(figure)],
    aims: [
      atMost('DynamoDB to MySQL, p50, ms', AIMS.p50Ms, p50),
      atMost('DynamoDB to MySQL, p99, ms', AIMS.p99Ms, p99),
    ],
  }
}
