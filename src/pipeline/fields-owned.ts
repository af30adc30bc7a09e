// Which fields a connector may write: its writes are held to what it declares, so nothing it sends can touch a field
// that the other side owns.

import type { TargetTable } from '../core/connector.ts'
import { covers } from '../core/covers.ts'
import { findField } from '../core/field-names.ts'
import { nearest } from '../core/nearest.ts'
import type { Count, Create, Identify, Write } from '../core/write.ts'

export type Targets = Readonly<Record<string, TargetTable>>

/** Bookkeeping attributes of the sinks; nobody else's. */
const RESERVED = /^mr_/u

export class FieldsOwned {
  readonly #targets: Targets
  /** By table, whether a name is of somebody else: the same few come again and again. */
  readonly #isForeign = new Map<string, (field: string) => boolean>()

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
    const field = findField(write, this.#foreign(write.table, target))
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

  #foreign(table: string, { key, owns }: TargetTable): (field: string) => boolean {
    const known = this.#isForeign.get(table)
    if (known !== undefined) return known
    const names = new Set<string>()
    const isForeign = (field: string) => {
      if (names.has(field)) return false
      const isOwned =
        !RESERVED.test(field) && !key.some((name) => name === field) && owns.some((owned) => covers(owned, field))
      if (isOwned) names.add(field)
      return !isOwned
    }
    this.#isForeign.set(table, isForeign)
    return isForeign
  }
}

function followers(write: Create | Identify): readonly Write[] {
  const counts: readonly Count[] = write.counts ?? []
  return write.do === 'identify' ? [...counts, ...(write.dependents?.(write.id) ?? [])] : counts
}
