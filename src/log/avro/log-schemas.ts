// Schemas kept in the log's own compacted topic, so that whoever has the records has the schemas too.

import avsc from 'avsc'
import { SCHEMAS } from '../../core/topic.ts'
import type { SchemaWriter } from '../codec.ts'
import type { Log } from '../log.ts'
import { EnvelopeReader, type Shapes, shapesOf } from './envelope-reader.ts'
import { fingerprint } from './fingerprint.ts'
import { type SchemaName, singleObjectHeader } from './header.ts'
import { released } from './released.ts'
import type { Admission, Admitted, KeptSchema, SchemaStore } from './schema-store.ts'
import { subjects } from './subjects.ts'
import { shapeOf } from './table-schema.ts'

interface Entry {
  readonly subject: string
  readonly number: number
  readonly fingerprint: Buffer
  readonly schema: string
}

const entrySchema = released('table-schema.v1')
const entryType = avsc.Type.forSchema(JSON.parse(entrySchema))
const entryHeader = singleObjectHeader(fingerprint(entrySchema))

export class LogSchemas implements SchemaStore {
  readonly #log: Pick<Log, 'latest'>
  readonly #writer: SchemaWriter
  readonly #newest = new Map<string, KeptSchema>()
  readonly #readers = new Map<string, { reader: EnvelopeReader; shapes: Map<number, Shapes> }>()

  private constructor(log: Pick<Log, 'latest'>, writer: SchemaWriter) {
    this.#log = log
    this.#writer = writer
  }

  static async open(log: Pick<Log, 'latest'>, writer: SchemaWriter): Promise<LogSchemas> {
    const schemas = new LogSchemas(log, writer)
    await schemas.refresh()
    return schemas
  }

  async current(subject: string): Promise<KeptSchema | null> {
    return this.#newest.get(subject) ?? null
  }

  async admit({ subject, schema }: Admission): Promise<Admitted> {
    const newest = this.#newest.get(subject)
    if (newest?.schema === schema) return { kept: newest, records: [] }
    const number = this.#next(newest?.number ?? 0)
    const entry: Entry = { subject, number, fingerprint: fingerprint(schema), schema }
    const value = Buffer.concat([entryHeader, entryType.toBuffer(entry)])
    return { kept: this.#keep(entry), records: [{ topic: SCHEMAS, key: Buffer.from(`${subject}:${number}`), value }] }
  }

  async reader(topic: string, name: SchemaName): Promise<EnvelopeReader | null> {
    if (!('fingerprint' in name)) return null
    const id = `${subjects(topic).value} ${name.fingerprint}`
    if (!this.#readers.has(id)) await this.refresh()
    return this.#readers.get(id)?.reader ?? null
  }

  /** Takes in what others have added since. */
  async refresh(): Promise<void> {
    for await (const { value } of this.#log.latest(SCHEMAS)) {
      if (value === null || !entryHeader.equals(value.subarray(0, entryHeader.length))) continue
      this.#keep(entryType.fromBuffer(Buffer.from(value.subarray(entryHeader.length))))
    }
  }

  /** Two writers that admit schemas at the same time never take the same number. */
  #next(number: number): number {
    const next = number + 1
    return (next % 2 === 1) === (this.#writer === 'capture') ? next : next + 1
  }

  #keep(entry: Entry): KeptSchema {
    const newest = this.#newest.get(entry.subject)
    const header = singleObjectHeader(entry.fingerprint)
    const kept = { number: entry.number, schema: entry.schema, header }
    if (newest === undefined || newest.number < entry.number) this.#newest.set(entry.subject, kept)
    const shape = shapeOf(entry.schema)
    if (shape === null) return kept
    // Shapes that differ only in what Avro ignores share a fingerprint, hence a reader: the number tells them apart.
    const id = `${entry.subject} ${entry.fingerprint.toString('hex')}`
    const shapes = this.#readers.get(id)?.shapes ?? new Map<number, Shapes>()
    shapes.set(entry.number, shapesOf(shape))
    if (!this.#readers.has(id)) {
      this.#readers.set(id, { reader: new EnvelopeReader(shape, (number) => shapes.get(number)), shapes })
    }
    return kept
  }
}
