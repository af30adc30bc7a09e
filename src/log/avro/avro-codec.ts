// Change events as Avro in Debezium's envelope. Schemas follow the tables by themselves as long as readers can follow.

import { MillraceError } from '../../core/errors.ts'
import type { ChangeEvent } from '../../core/event.ts'
import { Output } from '../../core/output.ts'
import type { TableShape } from '../../core/table.ts'
import { changeTopic } from '../../core/topic.ts'
import type { Encoded, EventCodec, SchemaWriter } from '../codec.ts'
import { type Log, type LogRecord, RECORD_BYTES_MAX } from '../log.ts'
import type { EnvelopeBytes, EnvelopeReader } from './envelope-reader.ts'
import { EnvelopeWriter } from './envelope-writer.ts'
import { headerLength, readHeader, type SchemaName } from './header.ts'
import { incompatibility } from './incompatibility.ts'
import { lighter } from './lighter.ts'
import { LogSchemas } from './log-schemas.ts'
import type { Registry } from './registry.ts'
import { RegistrySchemas } from './registry-schemas.ts'
import type { SchemaStore } from './schema-store.ts'
import { subjects } from './subjects.ts'
import { shapeOf, tableSchemas } from './table-schema.ts'

export interface AvroCodecOptions {
  readonly log: Pick<Log, 'latest'>
  readonly registry: Registry | null
  /** Tables whose incompatible changes a person has accepted. */
  readonly accept: readonly string[]
  readonly nowMs: () => number
  /** Whose records it encodes; capture's when left out. */
  readonly writer?: SchemaWriter
}

export async function openAvroCodec(options: AvroCodecOptions): Promise<EventCodec> {
  const inLog = await LogSchemas.open(options.log, options.writer ?? 'capture')
  const inRegistry = options.registry === null ? null : new RegistrySchemas(options.registry)
  return new AvroCodec(options, { inLog, inRegistry })
}

interface Stores {
  readonly inLog: LogSchemas
  /** Written to when there is one; the log's own are then still read. */
  readonly inRegistry: SchemaStore | null
}

interface TableWriter {
  readonly texts: string
  readonly writer: EnvelopeWriter
}

const NO_AVRO = 'it does not begin as Avro does'

class AvroCodec implements EventCodec {
  readonly #accept: ReadonlySet<string>
  readonly #nowMs: () => number
  readonly #stores: Stores
  readonly #output = new Output()
  readonly #writers = new WeakMap<TableShape, EnvelopeWriter>()
  readonly #current = new Map<string, TableWriter>()
  #read: { topic: string; header: Uint8Array; reader: EnvelopeReader } | null = null

  constructor(options: AvroCodecOptions, stores: Stores) {
    this.#accept = new Set(options.accept)
    this.#nowMs = options.nowMs
    this.#stores = stores
  }

  async encode(events: readonly ChangeEvent[]): Promise<readonly LogRecord[]> {
    const nowMs = this.#nowMs()
    const records: LogRecord[] = []
    for (const event of events) {
      const { shape } = event.parts
      const writer = this.#writers.get(shape) ?? (await this.#admit(shape, records))
      records.push(fitting(event, (one) => writer.write(one, nowMs)))
    }
    return records
  }

  async decode(record: Encoded): Promise<ChangeEvent> {
    const known = this.decodeKnown(record)
    if (known !== null) return known
    const { topic } = record
    const bytes = framed(record)
    const reader = await this.#reader(topic, bytes)
    const event = read(reader, topic, bytes)
    if (event !== null) return event
    // A table that has its former columns again has a known schema under a new number.
    await this.#stores.inLog.refresh()
    const later = read(reader, topic, bytes)
    if (later === null) throw unreadable(topic, 'nobody knows the number of its schema')
    return later
  }

  decodeKnown(record: Encoded): ChangeEvent | null {
    const last = this.#read
    const { topic, value } = record
    if (last === null || last.topic !== topic || value === null || !startsWith(value, last.header)) return null
    return read(last.reader, topic, framed(record))
  }

  async #reader(topic: string, { value, valueAt }: EnvelopeBytes): Promise<EnvelopeReader> {
    const { inLog, inRegistry } = this.#stores
    const header = value.subarray(0, valueAt)
    const name = nameIn(topic, header)
    const reader = await ('id' in name ? inRegistry?.reader(topic, name) : inLog.reader(topic, name))
    if (!reader) throw unreadable(topic, `nobody knows its schema ${'id' in name ? name.id : name.fingerprint}`)
    this.#read = { topic, header, reader }
    return reader
  }

  /** Finds or makes the writer for a shape that was not seen before; new schemas go into `records`. */
  async #admit(shape: TableShape, records: LogRecord[]): Promise<EnvelopeWriter> {
    const topic = changeTopic(shape.database, shape.name)
    const schemas = tableSchemas(shape)
    const texts = schemas.key + schemas.value
    const known = this.#current.get(topic)
    const writer = known?.texts === texts ? known.writer : await this.#register(shape, records)
    this.#current.set(topic, { texts, writer })
    this.#writers.set(shape, writer)
    return writer
  }

  async #register(shape: TableShape, records: LogRecord[]): Promise<EnvelopeWriter> {
    const topic = changeTopic(shape.database, shape.name)
    const subject = subjects(topic)
    const schemas = tableSchemas(shape)
    const store = this.#stores.inRegistry ?? this.#stores.inLog
    // The other writer may know the shape already, or a person may have accepted it there.
    await this.#stores.inLog.refresh()
    const newest = await store.current(subject.value)
    const isForced = newest !== null && this.#mayForce(shapeOf(newest.schema), shape)
    const key = await store.admit({ subject: subject.key, schema: schemas.key, isForced })
    const value = await store.admit({ subject: subject.value, schema: schemas.value, isForced })
    records.push(...key.records, ...value.records)
    const headers = { keyHeader: key.kept.header, valueHeader: value.kept.header }
    return new EnvelopeWriter(shape, { topic, number: value.kept.number, ...headers }, this.#output)
  }

  #mayForce(before: TableShape | null, after: TableShape): boolean {
    if (before === null) return false
    const fault = incompatibility(before, after)
    if (fault === null) return before.key.length === 0
    if (this.#accept.has(after.name)) return true
    const topic = changeTopic(after.database, after.name)
    throw new MillraceError('SCHEMA_INCOMPATIBLE', `table ${after.name}: ${fault}; readers of ${topic} cannot follow`, {
      hint: `Undo the change, or accept it: set MILLRACE_ACCEPT_SCHEMA=${after.name} and start again. Other readers of the topic then need to know both types.`,
    })
  }
}

function framed({ topic, key, value }: Encoded): EnvelopeBytes {
  if (value === null) throw unreadable(topic, 'it has no value')
  const keyAt = headerLength(key)
  const valueAt = headerLength(value)
  if (keyAt === null || valueAt === null) throw unreadable(topic, NO_AVRO)
  return { key, keyAt, value, valueAt }
}

function nameIn(topic: string, header: Uint8Array): SchemaName {
  const found = readHeader(header)
  if (found === null) throw unreadable(topic, NO_AVRO)
  return found.name
}

function startsWith(bytes: Uint8Array, header: Uint8Array): boolean {
  for (let at = 0; at < header.length; at++) if (bytes[at] !== header[at]) return false
  return true
}

function fitting(event: ChangeEvent, write: (event: ChangeEvent) => LogRecord): LogRecord {
  let record = write(event)
  if (fits(record)) return record
  for (const one of lighter(event, RECORD_BYTES_MAX)) {
    record = write(one)
    if (fits(record)) break
  }
  return record
}

function read(reader: EnvelopeReader, topic: string, bytes: EnvelopeBytes): ChangeEvent | null {
  try {
    return reader.read(bytes)
  } catch (cause) {
    throw unreadable(topic, cause instanceof Error ? cause.message : String(cause))
  }
}

function fits({ key, value }: LogRecord): boolean {
  return key.length + (value?.length ?? 0) <= RECORD_BYTES_MAX
}

function unreadable(topic: string, why: string): MillraceError {
  return new MillraceError('RECORD_UNREADABLE', `a record of ${topic} cannot be read: ${why}`)
}
