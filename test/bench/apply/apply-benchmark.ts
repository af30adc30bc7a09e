// How fast writes reach DynamoDB: through our sink, and out of each log, beside the SDK's own calls on the same emulator
// with the same items.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import { parseKafkaUrl } from '../../../src/log/kafka/kafka-url.ts'
import { openSqliteLog } from '../../../src/log/sqlite/sqlite-log.ts'
import { createTables } from '../../../src/sink/dynamodb/create-tables.ts'
import { openDynamodbLocal } from '../../../src/stack/dynamodb-local.ts'
import { openDynoxide } from '../../../src/stack/dynoxide.ts'
import { openKafka } from '../../../src/stack/kafka.ts'
import type { Server } from '../../../src/stack/server.ts'
import type { Benchmark, Setting } from '../benchmark.ts'
import { type Aim, figure, type Report } from '../report.ts'
import { type Medians, mediansOf } from '../rounds.ts'
import { type DeliverJob, WARM_UP } from './apply-job.ts'
import { fillLog } from './filled-log.ts'
import { KEYS, OWNS } from './items.ts'

const CONTENDERS = {
  'sdk-inserts': 'SDK, 25 INSERTs a request, 8 in flight',
  'sink-creates': 'our creates',
  'file-delivery': 'SQLite log to creates',
  'kafka-delivery': 'Kafka to creates',
  'sdk-updates': 'SDK, UpdateItem, 64 in flight',
  'sink-merges': 'our merges',
} as const
type Name = keyof typeof CONTENDERS
const YARDSTICKS: Readonly<Record<Name, Name>> = {
  'sdk-inserts': 'sdk-inserts',
  'sink-creates': 'sdk-inserts',
  'file-delivery': 'sdk-inserts',
  'kafka-delivery': 'sdk-inserts',
  'sdk-updates': 'sdk-updates',
  'sink-merges': 'sdk-updates',
}

/** One by one is slower than in bulk: fewer will do. */
const ITEMS = 10_000
const MERGED_ITEMS = 4_000
const RATIO_AIM = 0.85
const PARTITIONS = { file: 1, kafka: 6 }

interface Emulator {
  readonly title: string
  readonly open: () => Promise<Server & { readonly url: string }>
  readonly contenders: readonly Name[]
}

const EMULATORS: readonly Emulator[] = [
  { title: 'the light emulator', open: openDynoxide, contenders: Object.keys(CONTENDERS) as Name[] },
  {
    title: 'DynamoDB Local',
    open: openDynamodbLocal,
    contenders: ['sdk-inserts', 'sink-creates', 'sdk-updates', 'sink-merges'],
  },
]

export const APPLY: Benchmark = {
  name: 'apply',
  run: async (setting) => {
    await using opened = new AsyncDisposableStack()
    const kafka = opened.use(await openKafka())
    const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
    opened.defer(() => rm(folder, { recursive: true }))
    const logs = { file: join(folder, 'log.db'), kafka: kafka.url }
    await fillLogs(logs, setting.amount(ITEMS) + WARM_UP)
    const reports: Report[] = []
    for (const emulator of EMULATORS) {
      setting.say(`  ${emulator.title}`)
      await using server = await emulator.open()
      reports.push(report(emulator, await measure(setting, emulator, { endpoint: server.url, logs })))
    }
    return reports
  },
}

interface Logs {
  readonly file: string
  readonly kafka: string
}

async function fillLogs({ file, kafka }: Logs, rows: number): Promise<void> {
  const logs = { file: await openSqliteLog({ path: file }), kafka: await openKafkaLog(parseKafkaUrl(kafka)) }
  for (const kind of ['file', 'kafka'] as const) {
    await fillLog(logs[kind], rows, PARTITIONS[kind])
    await logs[kind].close()
  }
}

interface Place {
  readonly endpoint: string
  readonly logs: Logs
}

type Results = Readonly<Partial<Record<Name, Medians>>>

function measure(setting: Setting, { contenders }: Emulator, { endpoint, logs }: Place): Promise<Results> {
  const run = async (contender: Name, round: number) => {
    const table = `${contender}-${Date.now()}`
    const items = setting.amount(YARDSTICKS[contender] === 'sdk-updates' ? MERGED_ITEMS : ITEMS)
    await createTables({ endpoint, targets: { [table]: { key: KEYS, owns: OWNS } } })
    const log = contender === 'kafka-delivery' ? logs.kafka : logs.file
    const job: DeliverJob = { endpoint, table, items, reader: table, log }
    const measured = await setting.measure(new URL(`./${contender}.ts`, import.meta.url), job)
    setting.say(`    ${round + 1} ${contender} ${figure(measured.rows / measured.seconds)}/s`)
    return measured
  }
  return mediansOf({ rounds: setting.rounds, names: contenders, run })
}

function report({ title, contenders }: Emulator, results: Results): Report {
  const ratio = (name: Name) => rate(results, name) / rate(results, YARDSTICKS[name])
  const aim = (name: Name): Aim => ({
    what: `${CONTENDERS[name]}, of ${CONTENDERS[YARDSTICKS[name]]}`,
    aim: figure(RATIO_AIM),
    measured: figure(ratio(name)),
    isMet: ratio(name) >= RATIO_AIM,
  })
  const row = (name: Name): readonly string[] => {
    const { cpuPerMillion = Number.NaN, residentMaxMib = Number.NaN } = results[name] ?? {}
    const figures = [rate(results, name), ratio(name), cpuPerMillion, residentMaxMib]
    return [CONTENDERS[name], ...figures.map(figure)]
  }
  return {
    title: `Apply, ${title}`,
    about: ['New items of about 700 bytes, the same attributes by every way.'],
    head: ['', 'items/s', 'of the SDK', 'CPU s per M items', 'most memory, MiB'],
    rows: contenders.map(row),
    aims: [aim('sink-creates'), aim('sink-merges')],
  }
}

function rate(results: Results, name: Name): number {
  return results[name]?.rowsPerSecond ?? Number.NaN
}
