// Fields as JSON text and JSON text as fields, every number with all of its digits.

import { Exact, type Field } from '../../core/value.ts'

/** Bytes are base64, as DynamoDB's own JSON has them. */
export function jsonText(field: Field): string {
  if (field === null || typeof field === 'boolean' || typeof field === 'string') return JSON.stringify(field)
  if (typeof field === 'number' || typeof field === 'bigint') return String(field)
  if (field instanceof Exact) return field.text
  if (field instanceof Uint8Array) return JSON.stringify(Buffer.from(field).toString('base64'))
  if (isList(field)) return `[${field.map(jsonText).join()}]`
  return `{${Object.entries(field).map(([name, one]) => `${JSON.stringify(name)}:${jsonText(one)}`)}}`
}

/** As it is declared, the text that a number stands as is left out. */
const parse = JSON.parse as (
  text: string,
  revive: (name: string, value: unknown, from: { readonly source?: string }) => unknown,
) => Field

/** What is no JSON is the text itself. */
export function jsonField(text: string): Field {
  try {
    return parse(text, (_name, value, { source }) =>
      typeof value === 'number' && source !== undefined ? new Exact(source) : value,
    )
  } catch {
    return text
  }
}

function isList(field: object): field is readonly Field[] {
  return Array.isArray(field)
}
