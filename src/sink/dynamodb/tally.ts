// Gathers the counts of one call by counter item, so that each item is counted up once for all events of a partition.

import type { Count } from '../../core/write.ts'
import type { Item } from '../../dynamodb/attribute.ts'
import { countedName } from '../../dynamodb/bookkeeping.ts'
import { describeItem, type ItemRef, itemId } from '../item-ref.ts'
import { Rejection } from '../rejection.ts'
import type { Stamp } from '../stamp.ts'
import type { CallIo } from './call-io.ts'
import { type CountUp, countUp, type Due } from './count-up.ts'
import type { Ratios } from './ratios.ts'
import type { SinkMemory } from './sink-memory.ts'

interface Counter {
  readonly ref: ItemRef
  readonly ratios: Record<string, readonly [string, string]>
  /** By the attribute that holds the account of the reader's partition. */
  readonly scopes: Map<string, Scope>
}

interface Scope {
  readonly delivery: CountUp['delivery']
  readonly dues: Due[]
}

export class Tally {
  readonly #counters = new Map<string, Counter>()
  readonly #memory: SinkMemory

  constructor(memory: SinkMemory) {
    this.#memory = memory
  }

  /** `owner` is told when the count turns out to be impossible. */
  add(count: Count, stamp: Stamp, owner: number): void {
    for (const [name, term] of Object.entries(count.add)) {
      if (!Number.isFinite(term)) throw new Rejection(`it would add ${term} to ${name}`)
    }
    const id = itemId(count)
    let counter = this.#counters.get(id)
    if (counter === undefined) {
      counter = { ref: { table: count.table, key: count.key }, ratios: {}, scopes: new Map() }
      this.#counters.set(id, counter)
    }
    Object.assign(counter.ratios, count.ratios)
    const name = countedName(stamp.reader, stamp.cursor)
    const due = { offset: stamp.cursor.offset, add: count.add, greatest: count.greatest ?? {}, owner }
    const scope = counter.scopes.get(name)
    if (scope === undefined) counter.scopes.set(name, { delivery: stamp, dues: [due] })
    else scope.dues.push(due)
  }

  /**
   * Why counts were impossible, by owner. Nothing is counted for owners whose record was rejected: it waits as a dead
   * letter, and is counted, all of it, when it is retried.
   */
  async flush(io: CallIo, without: ReadonlySet<number>): Promise<ReadonlyMap<number, string>> {
    const rejected = new Map<number, string>()
    for (const { scopes } of this.#counters.values()) {
      for (const [name, { delivery, dues }] of scopes) {
        scopes.set(name, { delivery, dues: dues.filter(({ owner }) => !without.has(owner)) })
      }
    }
    const counting = [...this.#counters].map(([id, counter]) =>
      this.#memory.counterTurns.take([id], () => this.#count(io, counter, rejected)),
    )
    await Promise.all(counting)
    return rejected
  }

  async #count(io: CallIo, { ref, ratios, scopes }: Counter, rejected: Map<number, string>): Promise<void> {
    const id = itemId(ref)
    for (const [scope, { delivery, dues }] of scopes) {
      try {
        const guess = this.#memory.counters.get(id) ?? {}
        const item = await countUp(io, ref, { scope, delivery, dues, ratios, guess })
        this.#memory.counters.set(id, { ...guess, ...counterParts(item, dues, { scope, ratios }) })
      } catch (error) {
        if (!(error instanceof Rejection)) throw error
        for (const { owner } of dues) rejected.set(owner, `${describeItem(ref)}: ${error.message}`)
      }
    }
  }
}

/** Of an item what adds depend on: it may hold much besides that others wrote. */
function counterParts(item: Item, dues: readonly Due[], by: { scope: string; ratios: Ratios }): Item {
  const greatest = dues.flatMap((due) => Object.keys(due.greatest))
  const names = new Set([by.scope, ...greatest, ...Object.values(by.ratios).flat()])
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)))
}
