// May a table's new shape follow its old one? Yes, if Avro readers of the new schema understand the old records.

import avsc from 'avsc'
import { type Column, primitive, type TableShape } from '../../core/table.ts'

/** What stands in the way, naming column, old type and new type; null when nothing does. */
export function incompatibility(before: TableShape, after: TableShape): string | null {
  // Events of a table without a key are never applied, so nothing hangs on them.
  if (before.key.length === 0) return null
  if (before.key.join() !== after.key.join()) {
    return `its primary key was (${before.key.join(', ')}) and is now ${describeKey(after)}`
  }
  const faults = after.columns.flatMap((column) => {
    const old = before.columns.find(({ name }) => name === column.name)
    return old === undefined || canFollow(old, column) ? [] : [fault(old, column)]
  })
  return faults.length === 0 ? null : faults.join('; ')
}

function describeKey(shape: TableShape): string {
  return shape.key.length === 0 ? 'gone' : `(${shape.key.join(', ')})`
}

function fault(before: Column, after: Column): string {
  return `column ${after.name} was ${before.type} and is now ${after.type}`
}

function canFollow(before: Column, after: Column): boolean {
  const writer = avsc.Type.forSchema(primitive(before.kind))
  const reader = avsc.Type.forSchema(primitive(after.kind))
  try {
    reader.createResolver(writer)
    return true
  } catch {
    return false
  }
}
