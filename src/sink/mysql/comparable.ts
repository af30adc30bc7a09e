// A held value as it is compared: JSON by what it says, sets whatever the order of their labels, decimals as numbers.

import { Exact, type Field, type Value } from '../../core/value.ts'
import { jsonField } from './json-field.ts'
import type { TargetColumn } from './target-column.ts'

export function comparable({ type }: TargetColumn, value: Value): Field {
  if (typeof value !== 'string') return value
  switch (type.name) {
    case 'json':
      return jsonField(value)
    case 'set':
      return value.split(',').sort()
    case 'decimal':
      return new Exact(value)
    default:
      return value
  }
}
