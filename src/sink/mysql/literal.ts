// A held value as it stands in SQL: one type for each column, so that rows of values beside each other need no
// conversion that could lose anything; the server's strict mode does the rest on assignment.

import mysql from 'mysql2'
import type { Value } from '../../core/value.ts'
import type { TargetColumn } from './target-column.ts'

export function literal({ type }: TargetColumn, value: Value): string {
  if (value === null) return 'NULL'
  if (value instanceof Uint8Array) return binaryLiteral(value)
  switch (type.name) {
    case 'tinyint':
    case 'smallint':
    case 'mediumint':
    case 'int':
    case 'bigint':
    case 'year':
    case 'bit':
      return String(value)
    case 'timestamp':
      return textLiteral(String(value).replace('T', ' ').replace('Z', ''))
    default:
      return textLiteral(String(value))
  }
}

/** Texts that need no escaping, which most are. */
const PLAIN = /^[\w .:+@/,()-]*$/u

export function textLiteral(text: string): string {
  return PLAIN.test(text) ? `'${text}'` : mysql.escape(text)
}

export function binaryLiteral(bytes: string | Uint8Array): string {
  return `X'${Buffer.from(bytes as string).toString('hex')}'`
}
