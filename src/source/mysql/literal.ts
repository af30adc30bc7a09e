// A value written into a statement, to compare a column with.

import type { Kind } from '../../core/table.ts'
import type { Value } from '../../core/value.ts'

/**
 * Null when no row of a column of this kind can have the value. A number is compared as a number and text as text,
 * because the server turns both to floats where the two meet; text goes as hexadecimal, which is read the same anywhere.
 */
export function literal(kind: Kind, value: Value): string | null {
  if (value === null) return null
  if (value instanceof Uint8Array) return `X'${Buffer.from(value).toString('hex')}'`
  const text = String(value)
  switch (kind) {
    case 'int':
    case 'long':
    case 'ulong':
    case 'bits':
      return /^-?\d{1,20}$/.test(text) ? text : null
    case 'float':
    case 'double':
    case 'decimal':
      return /^-?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(text) ? text : null
    case 'timestamp':
      return hexText(text.replace('T', ' ').replace(/Z$/, ''))
    default:
      return hexText(text)
  }
}

function hexText(text: string): string {
  return text === '' ? "''" : `_utf8mb4 X'${Buffer.from(text).toString('hex')}'`
}
