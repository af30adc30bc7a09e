// Which fields a connector may write: its writes are held to what it declares, so nothing it sends can touch a field
// that the other side owns.

import type { TargetTable } from '../core/connector.ts'
import { covers } from '../core/covers.ts'
import { findField } from '../core/field-names.ts'
import { ForeignNames } from '../core/foreign-names.ts'
import { nearest } from '../core/nearest.ts'
import type { Count, Create, Identify, Write } from '../core/write.ts'

export type Targets = Readonly<Record<string, TargetTable>>

/** Bookkeeping attributes of the sinks; nobody else's. */
const RESERVED = /^mr_/u

export class FieldsOwned {
  readonly #targets: Targets
  readonly #foreign = new ForeignNames((table, field) => this.#owns(table, field))

  constructor(targets: Targets) {
    this.#targets = targets
  }

  /** What is wrong with a write, as a sentence; null when nothing is. */
  fault(write: Write): string | null {
    const target = this.#targets[write.table]
    if (target === undefined) {
      const guess = nearest(write.table, Object.keys(this.#targets))
      return `writes to the table ${write.table}, which is not among its targets${guess ? `; did you mean ${guess}?` : ''}`
    }
    const key = write.do === 'identify' ? write.key(write.id) : write.key
    if (key.length !== target.key.length) {
      return `writes a key of ${key.length} parts to ${write.table}, whose key is ${target.key.join(', ')}`
    }
    const field = findField(write, this.#foreign.of(write.table))
    if (field !== undefined) return `writes the field ${field} of ${write.table}, which it does not own`
    return write.do === 'create' || write.do === 'identify' ? this.#firstFault(followers(write)) : null
  }

  #firstFault(writes: readonly Write[]): string | null {
    for (const write of writes) {
      const fault = this.fault(write)
      if (fault !== null) return fault
    }
    return null
  }

  #owns(table: string, field: string): boolean {
    const { key = [], owns = [] } = this.#targets[table] ?? {}
    return !RESERVED.test(field) && !key.some((name) => name === field) && owns.some((owned) => covers(owned, field))
  }
}

function followers(write: Create | Identify): readonly Write[] {
  const counts: readonly Count[] = write.counts ?? []
  return write.do === 'identify' ? [...counts, ...(write.dependents?.(write.id) ?? [])] : counts
}
