// Fields as JSON text and back, exactly: what JSON has no form for stands behind a name that begins with a dollar.

import { Exact, type Field, type Fields } from './value.ts'

export function fieldsToJson(fields: Fields): string {
  return JSON.stringify(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, stored(field)])))
}

export function fieldsFromJson(json: string): Fields {
  const entries = Object.entries(JSON.parse(json) as Readonly<Record<string, unknown>>)
  return Object.fromEntries(entries.map(([name, one]) => [name, restored(one)]))
}

function stored(field: Field): unknown {
  if (typeof field === 'bigint') return { $number: field.toString() }
  if (typeof field === 'number' && !Number.isFinite(field)) return { $number: String(field) }
  if (typeof field !== 'object' || field === null) return field
  if (field instanceof Exact) return { $exact: field.text }
  if (field instanceof Uint8Array) return { $bytes: Buffer.from(field).toString('base64') }
  if (Array.isArray(field)) return field.map(stored)
  return { $map: Object.entries(field).map(([name, one]) => [name, stored(one)]) }
}

function restored(one: unknown): Field {
  if (typeof one !== 'object' || one === null) return one as Field
  if (Array.isArray(one)) return one.map(restored)
  const [kind, value] = Object.entries(one)[0] ?? []
  if (kind === '$number') return /^-?\d+$/u.test(value) ? BigInt(value) : Number(value)
  if (kind === '$exact') return new Exact(value)
  if (kind === '$bytes') return Uint8Array.from(Buffer.from(value, 'base64'))
  return Object.fromEntries((value as [string, unknown][]).map(([name, each]) => [name, restored(each)]))
}
