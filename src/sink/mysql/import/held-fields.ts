// The fields of a write as their columns will hold them.

import type { Row, Value } from '../../../core/value.ts'
import type { Merge } from '../../../core/write.ts'
import { heldValue } from '../held-value.ts'
import type { TargetShape } from '../target-column.ts'

/** Throws the Rejection of what a column cannot hold. */
export function heldFields({ columns }: TargetShape, { fields }: Merge): Row {
  const held: Record<string, Value> = {}
  for (const name in fields) {
    const column = columns.get(name)
    if (column !== undefined) held[name] = heldValue(column, fields[name] ?? null)
  }
  return held
}
