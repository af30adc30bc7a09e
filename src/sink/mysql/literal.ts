// A held value as it stands in SQL: one type for each column, so that rows of values beside each other need no
// conversion that could lose anything; the server's strict mode does the rest on assignment.

import mysql from 'mysql2'
import type { Value } from '../../core/value.ts'
import { isWhole } from '../../mysql/column-type.ts'
import type { TargetColumn } from './target-column.ts'

export function literal({ type }: TargetColumn, value: Value): string {
  if (value === null) return 'NULL'
  if (value instanceof Uint8Array) return binaryLiteral(value)
  const text = String(value)
  if (isWhole(type)) return text
  return textLiteral(type.name === 'timestamp' ? text.replace('T', ' ').replace('Z', '') : text)
}

/** Texts that need no escaping, which most are. */
const PLAIN = /^[\w .:+@/,()-]*$/u

export function textLiteral(text: string): string {
  return PLAIN.test(text) ? `'${text}'` : mysql.escape(text)
}

export function binaryLiteral(bytes: string | Uint8Array): string {
  return `X'${Buffer.from(bytes as string).toString('hex')}'`
}

const ASCII = /^[\x20-\x7e]*$/u

/** The bytes of a text, as short as they can be written. */
export function bytesLiteral(text: string | null): string {
  if (text === null) return 'NULL'
  return ASCII.test(text) ? textLiteral(text) : binaryLiteral(text)
}
