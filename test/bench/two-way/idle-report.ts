// What it costs to wait for changes: the CPU of the real command, and of its source alone, while ten shards are silent.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { DatabaseServer } from '../../../src/stack/database-server.ts'
import { inDatabase } from '../../support/fresh-database.ts'
import { Millrace } from '../../support/millrace.ts'
import { ScriptedStreams } from '../../support/scripted-streams.ts'
import type { Setting } from '../benchmark.ts'
import { atMost, figure, type Report } from '../report.ts'
import type { IdleJob } from './idle-job.ts'
import { commentsIn } from './responses.ts'

const SHARDS = 10
const SECONDS = 20
/** A shard that was busy is looked at more often for ten seconds. */
const SETTLE_MS = 12_000
const PERCENT_AIM = 1
const DATABASE = 'bench_idle'

export async function idleReport(setting: Setting, mysql: DatabaseServer): Promise<Report> {
  await using peer = await ScriptedStreams.open()
  for (let shard = 0; shard < SHARDS; shard++) peer.shard(`shard-${shard}`)
  await mysql.query(...commentsIn(DATABASE, 1))
  const job = { endpoint: peer.url, settleMs: SETTLE_MS, seconds: setting.amount(SECONDS) }
  // Beside each other: each is charged with its own CPU alone.
  const [source, command] = await Promise.all([
    setting.measure(new URL('./idle-source.ts', import.meta.url), job),
    ofCommand(job, inDatabase(mysql.adminUrl, DATABASE)),
  ])
  await mysql.query(`DROP DATABASE ${DATABASE}`)
  return report([
    ['our source alone', (100 * source.cpuSeconds) / source.seconds],
    ['`millrace start`', command],
  ])
}

/** Of one core, in percent. */
async function ofCommand({ endpoint, settleMs, seconds }: IdleJob, mysqlUrl: string): Promise<number> {
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
  opened.defer(() => rm(folder, { recursive: true }))
  const millrace = opened.use(
    await Millrace.start({
      MILLRACE_MYSQL_URL: mysqlUrl,
      MILLRACE_DYNAMODB_ENDPOINT: endpoint,
      MILLRACE_LOG: `file:${join(folder, 'log.db')}`,
      MILLRACE_CONNECTORS: 'feedback-replies',
    }),
  )
  await millrace.ready()
  await delay(settleMs)
  const [beforeS, startMs] = [await millrace.cpuSeconds(), performance.now()]
  await delay(seconds * 1_000)
  const share = ((await millrace.cpuSeconds()) - beforeS) / ((performance.now() - startMs) / 1_000)
  await millrace.stop()
  return 100 * share
}

function report(found: readonly (readonly [what: string, percent: number])[]): Report {
  return {
    title: 'Two-way, at rest',
    about: [
      `${SHARDS} shards that hold nothing, of a scripted peer; each is asked once a second, once it was silent for a while.`,
      'The command is all of the process with the feedback-replies connector and the SQLite log.',
    ],
    head: ['', 'CPU, % of one core'],
    rows: found.map(([what, percent]) => [what, figure(percent)]),
    aims: found.map(([what, percent]) => atMost(`${what}, % of one core`, PERCENT_AIM, percent)),
  }
}
