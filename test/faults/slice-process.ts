// A process of its own that captures the slices of a scripted stream into a log file, until it is killed.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { openAvroCodec } from '../../src/log/avro/avro-codec.ts'
import { AvroRecords } from '../../src/log/avro/avro-records.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { parseKafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import type { Log } from '../../src/log/log.ts'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { captureSlices } from '../../src/pipeline/capture-slices.ts'
import { systemClock as clock } from '../../src/pipeline/clock.ts'
import type { State } from '../../src/pipeline/state.ts'
import { Supervisor } from '../../src/pipeline/supervisor.ts'
import { declaredTopics } from '../../src/pipeline/topics.ts'
import { openDynamodbSource } from '../../src/source/dynamodb/dynamodb-source.ts'
import { until } from '../support/until.ts'

export const ITEMS_TOPIC = 'millrace.dynamodb.items'

export interface SliceTask {
  /** A path, or an address of Kafka. */
  readonly log: string
  readonly endpoint: string
  readonly slices: number
}

export class SliceProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  #says = ''

  constructor(task: SliceTask) {
    const args = [fileURLToPath(import.meta.url), JSON.stringify(task)]
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    if (this.#child.stdout === null) throw new Error('the process has no output')
    createInterface(this.#child.stdout).on('line', (line) => {
      this.#says = line
    })
  }

  /** Until the last that it said is this: how many slices it holds, or why it has stopped. */
  async says(line: string): Promise<void> {
    await until(async () => (this.#says === line ? true : null), { what: `a process that says ${line}` })
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const closed = once(this.#child, 'close')
    this.#child.kill('SIGKILL')
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}

const say = (line: string) => writeSync(1, `${line}\n`)

export function openLog(target: string): Promise<Log> {
  return target.startsWith('kafka://') ? openKafkaLog(parseKafkaUrl(target)) : openSqliteLog({ path: target })
}

async function run({ log: target, endpoint, slices }: SliceTask): Promise<void> {
  const log = await openLog(target)
  const source = await openDynamodbSource({ endpoint, region: 'eu-central-1', tables: ['items'], slices })
  const ignore = () => undefined
  const observer = {
    appended: ignore,
    skipped: ignore,
    retrying: ignore,
    entered: (_part: string, state: State) => void (state.is === 'stopped' && say(`stopped ${state.error.code}`)),
    sliced: (held: { readonly slices: number }) => say(`holds ${held.slices}`),
  }
  const openCodec = () => openAvroCodec({ log, registry: null, accept: [], nowMs: Date.now })
  const topics = declaredTopics([ITEMS_TOPIC], 1)
  const options = { source, log, topics, openCodec, records: new AvroRecords(null), clock, observer }
  const supervisor = new Supervisor({ part: 'capture', clock, observer, random: Math.random })
  await supervisor.run(captureSlices(options), new AbortController().signal)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await run(JSON.parse(process.argv[2] ?? ''))
