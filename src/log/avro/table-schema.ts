// A table's shape as Avro schemas, and back: the envelope of its events and the record of its key. Attributes that
// Avro ignores carry what Avro cannot say (kind, declared type, real names), so that decoding finds the same shape.

import { z } from 'zod'
import { type Column, keyShape, primitive, type TableShape } from '../../core/table.ts'
import { released } from './released.ts'

export interface TableSchemas {
  readonly key: string
  readonly value: string
}

const envelopeSchema = released('envelope.v1')

/** Equal shapes give equal texts. */
export function tableSchemas(shape: TableShape): TableSchemas {
  const namespace = `millrace.${avroName(shape.database)}.${avroName(shape.name)}`
  const envelope = Envelope.parse(JSON.parse(envelopeSchema))
  const names = avroNames(shape)
  const value = envelope.fields[0].type[1]
  const fields = shape.columns.map((column) => valueField(shape, column, names))
  Object.assign(value, { database: shape.database, table: shape.name, key: shape.key, fields })
  const key = { type: 'record', name: 'Key', namespace, fields: keyFields(shape, names) }
  return { key: JSON.stringify(key), value: JSON.stringify({ ...envelope, namespace }) }
}

export function shapeOf(valueSchema: string): TableShape | null {
  const parsed = ReadEnvelope.safeParse(JSON.parse(valueSchema))
  if (!parsed.success) return null
  const { database, table, key, fields } = parsed.data.fields[0].type[1]
  const columns = fields.map(({ name, column, kind, declared }) => ({ name: column ?? name, kind, type: declared }))
  return { database, name: table, columns, key }
}

function valueField(shape: TableShape, column: Column, names: ReadonlyMap<string, string>): object {
  const { name, kind, type } = column
  const attributes = { ...renamed(name, names), kind, declared: type }
  const isKey = shape.key.includes(name)
  return isKey
    ? { name: names.get(name), type: primitive(kind), ...attributes }
    : { name: names.get(name), type: ['null', primitive(kind)], default: null, ...attributes }
}

/** Bare, because a key's bytes begin with its schema's number and choose its partition: only a new type changes it. */
function keyFields(shape: TableShape, names: ReadonlyMap<string, string>): readonly object[] {
  const isKeyed = shape.key.length > 0
  return keyShape(shape).columns.map(({ name, kind }) => ({
    name: names.get(name),
    ...(isKeyed ? { type: primitive(kind) } : { type: ['null', primitive(kind)], default: null }),
  }))
}

function renamed(name: string, names: ReadonlyMap<string, string>): { column?: string } {
  return names.get(name) === name ? {} : { column: name }
}

/** Avro allows letters, digits and underscores only; two columns must not meet under one name. */
function avroNames(shape: TableShape): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const taken = new Set(shape.columns.map(({ name }) => name).filter((name) => avroName(name) === name))
  for (const { name } of shape.columns) {
    const plain = avroName(name)
    let free = plain
    for (let next = 2; free !== name && taken.has(free); next++) free = `${plain}_${next}`
    taken.add(free)
    names.set(name, free)
  }
  return names
}

function avroName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_]/gu, '_')
  return /^[0-9]/u.test(plain) || plain === '' ? `_${plain}` : plain
}

const Kinds = z.enum([
  ...(['int', 'long', 'ulong', 'bits', 'float', 'double', 'decimal', 'text', 'bytes'] as const),
  ...(['date', 'time', 'datetime', 'timestamp', 'json', 'enum', 'set'] as const),
])

const Envelope = z.looseObject({
  fields: z.tuple([z.looseObject({ type: z.tuple([z.literal('null'), z.looseObject({})]) })]).rest(z.looseObject({})),
})

const ReadField = z.object({ name: z.string(), column: z.string().optional(), kind: Kinds, declared: z.string() })
const ReadValue = z.object({
  database: z.string(),
  table: z.string(),
  key: z.array(z.string()),
  fields: z.array(ReadField),
})
const ReadEnvelope = z.object({
  fields: z.tuple([z.object({ type: z.tuple([z.literal('null'), ReadValue]) })]).rest(z.unknown()),
})
