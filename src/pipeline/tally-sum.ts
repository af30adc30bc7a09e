// Adds up what becomes of rows, one by one: a row is rejected if any of its writes was, applied if any was, else what is
// said first below.

import { addTallies, NO_TALLY, type Tally } from '../core/run.ts'
import type { Write } from '../core/write.ts'
import type { Outcome } from '../sink/sink.ts'

type Did = Outcome['did']

export class TallySum {
  readonly #rows = { applied: 0, stale: 0, exists: 0, rejected: 0, ignored: 0 }
  /** By the two words of their names, which would otherwise be joined for every row. */
  readonly #writes = new Map<string, Map<string, number>>()
  #units = 0
  #added = NO_TALLY

  /** What was counted elsewhere. */
  add(tally: Tally): void {
    this.#added = addTallies(this.#added, tally)
  }

  /** Its outcomes begin at `at`. */
  row(writes: readonly Write[], outcomes: readonly Outcome[], at = 0): void {
    let row: Did | 'ignored' = 'ignored'
    for (let index = 0; index < writes.length; index++) {
      const outcome = outcomes[at + index]
      const write = writes[index]
      if (outcome === undefined || write === undefined) continue
      row = weightiest(row, outcome)
      this.#write(write, outcome)
    }
    this.#rows[row]++
  }

  #write(write: Write, outcome: Outcome): void {
    this.#outcome(write.do, outcome)
    if (outcome.change !== undefined) this.#count(write.table, outcome.change)
    if (isKnown(write, outcome)) this.#count('create', 'exists')
    this.#units += unitsOf(write, outcome)
  }

  #outcome(what: string, { did, made, dependents = [] }: Outcome): void {
    this.#count(what, did)
    if (made) this.#count(what, 'made')
    for (const dependent of dependents) this.#outcome(String(dependent.do), dependent)
  }

  #count(what: string, did: string): void {
    const counts = this.#writes.get(what) ?? new Map<string, number>()
    if (counts.size === 0) this.#writes.set(what, counts)
    counts.set(did, (counts.get(did) ?? 0) + 1)
  }

  get tally(): Tally {
    const writes: Record<string, number> = {}
    for (const [what, counts] of this.#writes) {
      for (const [did, count] of counts) writes[`${what} ${did}`] = count
    }
    if (this.#writes.size > 0) writes.units = this.#units
    return addTallies(this.#added, { ...this.#rows, writes })
  }
}

const WEIGHTS: Readonly<Record<Did | 'ignored', number>> = { ignored: 0, stale: 1, exists: 2, applied: 3, rejected: 4 }

function weightiest(row: Did | 'ignored', { did, dependents = [] }: Outcome): Did | 'ignored' {
  const weightier = WEIGHTS[did] > WEIGHTS[row] ? did : row
  return dependents.length === 0 ? weightier : dependents.reduce(weightiest, weightier)
}

/** The venue was adopted with this row's item: nobody was looked for, and nothing made. */
function isKnown(write: Write, { did, dependents }: Outcome): boolean {
  return write.do === 'identify' && write.adopted !== undefined && did === 'exists' && dependents === undefined
}

const UNIT_BYTES = 1024

/** Near enough to keep to a limit; the bill is Amazon's. */
function unitsOf(write: Write, { made, dependents = [] }: Outcome): number {
  if (write.do === 'identify') {
    const items = 1 + write.claims.length + (write.self === undefined ? 0 : 1) + (write.pin === undefined ? 0 : 1)
    // A transaction costs twice; an item that is found costs nothing to speak of.
    return (made ? 2 * items : 0) + dependents.filter(({ did }) => did !== 'stale').length
  }
  if (write.do !== 'create' && write.do !== 'merge') return 1
  let bytes = 0
  for (const name in write.fields) {
    const field = write.fields[name]
    bytes += typeof field === 'string' ? field.length : 8
  }
  return Math.max(1, Math.ceil(bytes / UNIT_BYTES))
}
