// How fast changes get from MySQL into each log, and what that costs in CPU and memory, beside reading them without
// writing and beside the prototype.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKafka } from '../../../src/stack/kafka.ts'
import { openMysql } from '../../../src/stack/mysql.ts'
import type { Benchmark, Setting } from '../benchmark.ts'
import { KAFKA_JAVA } from '../kafka-java.ts'
import { DEBEZIUM, PROTOTYPE } from '../peers.ts'
import { type Aim, figure, type Report } from '../report.ts'
import { type Medians, mediansOf } from '../rounds.ts'
import { type Backlog, backlog, prepare } from './backlog.ts'
import type { CaptureJob } from './capture-job.ts'

const CONTENDERS = {
  'zongji-reading': 'zongji, parsing alone',
  'source-reading': 'our source alone',
  'file-capture': 'capture into SQLite',
  'kafka-capture': 'capture into Kafka',
  prototype: 'prototype into Kafka',
} as const
type Name = keyof typeof CONTENDERS
const NAMES = Object.keys(CONTENDERS) as Name[]

const ROWS = 200_000
const FILE_AIM = 40_000
const RATE_AIM = 2
const CPU_AIM = 1 / 3
const THROUGH_PROTOTYPE = [
  `${DEBEZIUM.name} came to ${figure(DEBEZIUM.rowsPerSecond)} rows/s and ${DEBEZIUM.cpuPerMillion} CPU s on a machine where`,
  `the prototype beside it came to ${figure(PROTOTYPE.rowsPerSecond)} and ${PROTOTYPE.cpuPerMillion}; it is compared with by way of that.`,
].join(' ')

/** Rows in a transaction. */
const SHAPES = [1, 100]

export const CAPTURE: Benchmark = {
  name: 'capture',
  run: async (setting) => {
    await using opened = new AsyncDisposableStack()
    const kafka = opened.use(await openKafka({ java: KAFKA_JAVA }))
    const mysql = opened.use(await openMysql())
    const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
    opened.defer(() => rm(folder, { recursive: true }))
    await prepare(mysql)
    const reports: Report[] = []
    for (const rowsEach of SHAPES) {
      setting.say(`  transactions of ${rowsEach}`)
      const lying = await backlog(mysql, setting.amount(ROWS), rowsEach)
      const medians = await measure(setting, { ...lying, kafkaUrl: kafka.url }, folder)
      reports.push(report(rowsEach, lying, medians))
    }
    return reports
  },
}

type Place = Backlog & Pick<CaptureJob, 'kafkaUrl'>

function measure(setting: Setting, place: Place, folder: string): Promise<Record<Name, Medians>> {
  const run = async (contender: Name, round: number) => {
    const name = `${contender}.${Date.now()}`
    const job: CaptureJob = { ...place, name, file: join(folder, `${name}.db`) }
    const measured = await setting.measure(new URL(`./${contender}.ts`, import.meta.url), job)
    for (const end of ['', '-wal', '-shm']) await rm(job.file + end, { force: true })
    setting.say(`    ${round + 1} ${contender} ${figure(measured.rows / measured.seconds)}/s`)
    return measured
  }
  return mediansOf({ rounds: setting.rounds, names: NAMES, run })
}

function report(rowsEach: number, { rows }: Backlog, medians: Record<Name, Medians>): Report {
  const yardstick = medians['zongji-reading'].rowsPerSecond
  return {
    title: `Capture, ${rowsEach === 1 ? 'transactions of one row' : `transactions of ${rowsEach} rows`}`,
    about: [
      `A backlog of ${figure(rows)} rows of 300 bytes on MySQL 9.7; one partition; events and bookmark in one atomic`,
      'append. The prototype is zongji, avsc and kafkajs put together, exactly once too.',
      ...(rowsEach === 1 ? [THROUGH_PROTOTYPE] : []),
    ],
    head: ['', 'rows/s', 'slowest to fastest', 'of parsing', 'CPU s per M rows', 'most memory, MiB'],
    rows: NAMES.map((name) => rowOf(CONTENDERS[name], medians[name], yardstick)),
    aims: rowsEach === 1 ? aims(medians) : [],
  }
}

function rowOf(title: string, of: Medians, yardstick: number): readonly string[] {
  const [slowest, fastest] = of.range
  return [
    title,
    figure(of.rowsPerSecond),
    `${figure(slowest)} to ${figure(fastest)}`,
    figure(of.rowsPerSecond / yardstick),
    figure(of.cpuPerMillion),
    figure(of.residentMaxMib),
  ]
}

/** Debezium is compared with by way of the prototype, which ran beside it elsewhere and beside us here. */
function aims(medians: Record<Name, Medians>): readonly Aim[] {
  const { 'kafka-capture': ours, 'file-capture': file, prototype } = medians
  const rate = (ours.rowsPerSecond / prototype.rowsPerSecond) * (PROTOTYPE.rowsPerSecond / DEBEZIUM.rowsPerSecond)
  const cpu = (ours.cpuPerMillion / prototype.cpuPerMillion) * (PROTOTYPE.cpuPerMillion / DEBEZIUM.cpuPerMillion)
  return [
    {
      what: `rows/s into Kafka, of ${DEBEZIUM.name}`,
      aim: `${RATE_AIM}`,
      measured: figure(rate),
      isMet: rate >= RATE_AIM,
    },
    {
      what: `CPU per row into Kafka, of ${DEBEZIUM.name}`,
      aim: figure(CPU_AIM),
      measured: figure(cpu),
      isMet: cpu <= CPU_AIM,
    },
    {
      what: 'rows/s into SQLite',
      aim: figure(FILE_AIM),
      measured: figure(file.rowsPerSecond),
      isMet: file.rowsPerSecond >= FILE_AIM,
    },
  ]
}
