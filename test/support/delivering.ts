// Deliver on a real SQLite log, between scripted ends: what tests of it append, run and look at.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Connector, TableFlow } from '../../src/core/connector.ts'
import type { DeadLetter } from '../../src/core/dead-letter.ts'
import type { ChangeEvent } from '../../src/core/event.ts'
import { changeTopic, deadTopic } from '../../src/core/topic.ts'
import type { Row } from '../../src/core/value.ts'
import type { Merge } from '../../src/core/write.ts'
import { openAvroCodec } from '../../src/log/avro/avro-codec.ts'
import { AvroRecords } from '../../src/log/avro/avro-records.ts'
import type { EventCodec } from '../../src/log/codec.ts'
import type { Log, LogRecord } from '../../src/log/log.ts'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { type Clock, systemClock } from '../../src/pipeline/clock.ts'
import { deliver } from '../../src/pipeline/deliver.ts'
import { LookupCache } from '../../src/pipeline/lookup-cache.ts'
import { Lookups } from '../../src/pipeline/lookups.ts'
import type { PlanParts } from '../../src/pipeline/plan.ts'
import { declaredTopics } from '../../src/pipeline/topics.ts'
import type { RowLookup, TableColumns } from '../../src/source/source.ts'
import { changeEvent, tableShape } from './change-event.ts'
import { observed, Running } from './running.ts'
import { ScriptedSink } from './scripted-sink.ts'
import { until } from './until.ts'

export const TOPIC = changeTopic('app', 'comment')
export const shape = tableShape('comment', { id: 'int', text: 'text', session: 'int' }, ['id'])

export const topics = declaredTopics(['millrace.app.comment'], 4)
const nothing: RowLookup = { rows: async ({ values }) => ({ rows: values.map(() => []), asOf: 'f' }) }

let at = 0

/** Each event is newer than the one made before it. */
export function insert(id: number, row: Row = {}): ChangeEvent {
  return changeEvent({ shape, op: 'insert', after: { id, text: 'x', session: 7, ...row }, at: ++at })
}

export function inserts(count: number, row: Row): readonly ChangeEvent[] {
  return Array.from({ length: count }, (_, id) => insert(id, row))
}

export function merge(id: unknown, fields: Readonly<Record<string, string>>): Merge {
  return { do: 'merge', table: 'items', key: [`C#${id}`], fields }
}

/** Merges a comment's text into an item of its own. */
export function connector(more: Partial<TableFlow> = {}, name = 'feedback'): Connector {
  const map: TableFlow['map'] = (event) => [merge(event.key.id, { text: String(event.after?.text) })]
  return {
    ...{ name, source: 'mysql', sink: 'dynamodb' },
    tables: { comment: { columns: ['id', 'text'], map, ...more } },
    targets: () => ({ items: { key: ['pk'], owns: ['text', 'n_*'] } }),
  }
}

/** The same, but it throws over some rows. */
export function failingOver(isBad: (row: Row) => boolean): Connector {
  return connector({
    map: ({ key, after }) => {
      if (isBad(after ?? {})) throw new Error('no such thing')
      return [merge(key.id, { text: String(after?.text) })]
    },
  })
}

interface Setup {
  readonly lookup?: RowLookup
  readonly observer?: ReturnType<typeof observed>
  readonly log?: Log
  readonly clock?: Clock
  /** What the table is like now. */
  readonly columns?: readonly string[]
}

export class Delivering implements AsyncDisposable {
  readonly log: Log
  readonly sink = new ScriptedSink()
  readonly records = new AvroRecords(null)
  readonly #directory: string

  private constructor(log: Log, directory: string) {
    this.log = log
    this.#directory = directory
  }

  get path(): string {
    return join(this.#directory, 'log.db')
  }

  static async open(): Promise<Delivering> {
    const directory = await mkdtemp(join(tmpdir(), 'millrace-deliver-'))
    const log = await openSqliteLog({ path: join(directory, 'log.db') })
    await log.declare(topics)
    return new Delivering(log, directory)
  }

  openCodec(): Promise<EventCodec> {
    return openAvroCodec({ log: this.log, registry: null, accept: [], nowMs: Date.now })
  }

  async append(...events: readonly ChangeEvent[]): Promise<void> {
    await this.write(...(await (await this.openCodec()).encode(events)))
  }

  async write(...given: readonly LogRecord[]): Promise<void> {
    const writer = await this.log.writer('test')
    await writer.append(given)
    await writer.close()
  }

  start(of: Connector = connector(), setup: Setup = {}): Running {
    const { observer = observed(), clock = systemClock, log = this.log } = setup
    const by = { database: 'app', topics, log, records: this.records, sink: this.sink, clock, observer }
    const parts = { ...by, ...this.planParts(of, { ...setup, observer }) }
    return new Running((attempt) => deliver(parts, attempt), observer)
  }

  planParts(of: Connector, { lookup = nothing, observer = observed(), columns = [] }: Setup = {}): PlanParts {
    const memory = new LookupCache(1_000_000)
    const source: TableColumns = { columns: async () => new Map([['comment', columns]]) }
    return {
      ready: { connector: of, settings: {}, targets: of.targets({}) },
      source,
      openCodec: () => this.openCodec(),
      lookups: new Lookups({ connector: of.name, source: 's', lookup, memory, shared: null, observer }),
    }
  }

  async caughtUp(reader = 'feedback'): Promise<void> {
    await until(async () => ((await this.log.lag(reader, TOPIC)) === 0 ? true : null), { what: 'lag 0' })
  }

  async dead(): Promise<readonly DeadLetter[]> {
    const letters: DeadLetter[] = []
    for await (const { value } of this.log.latest(deadTopic(TOPIC))) {
      if (value !== null) letters.push(await this.records.unpack('deadLetter', value))
    }
    return letters
  }

  async reasons(): Promise<readonly string[]> {
    return (await this.dead()).map(({ reason }) => reason)
  }

  /** The items written to, and the texts written. */
  get applied(): readonly string[] {
    return this.sink.applied.map(({ write }) => (write as Merge).key[0])
  }

  get texts(): readonly unknown[] {
    return this.sink.applied.map(({ write }) => (write as Merge).fields.text)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.log.close()
    await rm(this.#directory, { recursive: true })
  }
}
