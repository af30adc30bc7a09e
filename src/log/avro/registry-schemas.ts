// Schemas kept in a registry; records name them by its ids.

import { MillraceError } from '../../core/errors.ts'
import { EnvelopeReader, shapesOf } from './envelope-reader.ts'
import { registryHeader, type SchemaName } from './header.ts'
import type { Registry } from './registry.ts'
import type { Admission, Admitted, KeptSchema, SchemaStore } from './schema-store.ts'
import { shapeOf } from './table-schema.ts'

export class RegistrySchemas implements SchemaStore {
  readonly #registry: Registry
  readonly #readers = new Map<number, EnvelopeReader>()

  constructor(registry: Registry) {
    this.#registry = registry
  }

  async current(subject: string): Promise<KeptSchema | null> {
    const newest = await this.#registry.newest(subject)
    return newest && { number: newest.id, schema: newest.schema, header: registryHeader(newest.id) }
  }

  async admit({ subject, schema, isForced }: Admission): Promise<Admitted> {
    const answer = isForced
      ? await this.#registry.registerForced(subject, schema)
      : await this.#registry.register(subject, schema)
    if ('refused' in answer) {
      throw new MillraceError('SCHEMA_INCOMPATIBLE', `the registry refuses the schema of ${subject}: ${answer.refused}`)
    }
    return { kept: { number: answer.id, schema, header: registryHeader(answer.id) }, records: [] }
  }

  async reader(_topic: string, name: SchemaName): Promise<EnvelopeReader | null> {
    if (!('id' in name)) return null
    const known = this.#readers.get(name.id)
    if (known !== undefined) return known
    const text = await this.#registry.schema(name.id)
    const shape = text === null ? null : shapeOf(text)
    if (shape === null) return null
    const shapes = shapesOf(shape)
    const reader = new EnvelopeReader(shape, () => shapes)
    this.#readers.set(name.id, reader)
    return reader
  }
}
