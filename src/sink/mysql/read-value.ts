// How a column is asked for, and its value from the answer in the form that `heldValue` gives.

import type { Value } from '../../core/value.ts'
import { quotedName } from '../../mysql/sql-name.ts'
import { heldValue, isBinary } from './held-value.ts'
import type { TargetColumn } from './target-column.ts'

/** Numbers come as text with all of their digits. */
export function askedFor({ name, type }: TargetColumn, of: string): string {
  const column = `${of}.${quotedName(name)}`
  if (type.name === 'bit') return `CAST(${column} AS UNSIGNED)`
  return type.name === 'float' || type.name === 'double' ? `${column} * 1e0` : column
}

export function readValue(column: TargetColumn, answer: Buffer | null): Value {
  if (answer === null) return null
  if (column.type.name === 'json') return answer.toString()
  return heldValue(column, isBinary(column) ? answer : answer.toString())
}
