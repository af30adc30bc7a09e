// Which dead letters wait, and those of which row: a number for each letter and each row, in flat memory, for a bad
// deployment leaves millions. Rows are known by their hashes.

import { Column } from './column.ts'
import type { LaneHash } from './lane-hash.ts'
import { NO_ROW, PairTable } from './pair-table.ts'

/** Where the record of a letter lies. */
export interface LetterPlace {
  /** Of its cursor: the partition, and the incarnation of its topic. */
  readonly scope: string
  readonly offset: number
}

interface Scope {
  readonly name: string
  readonly number: number
  firstDiedAtMs: number
}

export class WaitingLetters {
  readonly #scopes: Scope[] = []
  readonly #scopeOf = new Map<string, Scope>()
  readonly #letters = new PairTable()
  readonly #lanes = new PairTable()
  readonly #laneOf = new Column(Uint32Array)
  /** The letters of a row hang together, in no order. */
  readonly #next = new Column(Uint32Array)
  readonly #previous = new Column(Uint32Array)
  readonly #head = new Column(Uint32Array)
  /** Of a row; none while it has to be looked for. */
  #oldest = new Column(Uint32Array)
  /** Scopes go in another order since the oldest letters were looked for. */
  #isReordered = false

  get size(): number {
    return this.#letters.size
  }

  /** Above the number of every row. */
  get lanesEnd(): number {
    return this.#lanes.end
  }

  letters(): Iterable<number> {
    return this.#letters.rows()
  }

  lanes(): Iterable<number> {
    return this.#lanes.rows()
  }

  /** `NO_ROW` when it does not wait. */
  find({ scope, offset }: LetterPlace): number {
    const known = this.#scopeOf.get(scope)
    return known === undefined ? NO_ROW : this.#letters.find(known.number, offset)
  }

  lane({ high, low }: LaneHash): number {
    return this.#lanes.find(high, low)
  }

  laneOf(letter: number): number {
    return this.#laneOf.get(letter)
  }

  hashOf(lane: number): LaneHash {
    return { high: this.#lanes.first(lane), low: this.#lanes.second(lane) }
  }

  placeOf(letter: number): LetterPlace {
    return { scope: this.#scope(letter)?.name ?? '', offset: this.#letters.second(letter) }
  }

  /** The first of its scope, whether it waits still or not. */
  firstDiedAtMs(letter: number): number {
    return this.#scope(letter)?.firstDiedAtMs ?? 0
  }

  *ofLane(lane: number): Iterable<number> {
    for (let letter = this.#head.get(lane); letter !== NO_ROW; letter = this.#next.get(letter)) yield letter
  }

  /** Of a row that has letters. */
  oldestOf(lane: number): number {
    if (this.#isReordered) this.#oldest = new Column(Uint32Array)
    this.#isReordered = false
    let oldest = this.#oldest.get(lane)
    if (oldest !== NO_ROW) return oldest
    for (const letter of this.ofLane(lane)) if (oldest === NO_ROW || this.isOlder(letter, oldest)) oldest = letter
    this.#oldest.set(lane, oldest)
    return oldest
  }

  /** The scope in which a letter died first goes first: one incarnation of a topic before the next. */
  isOlder(one: number, other: number): boolean {
    const [scope, than] = [this.#letters.first(one), this.#letters.first(other)]
    if (scope === than) return this.#letters.second(one) < this.#letters.second(other)
    const [ms, thanMs] = [this.firstDiedAtMs(one), this.firstDiedAtMs(other)]
    return ms === thanMs ? scope < than : ms < thanMs
  }

  /** Its number; that which it has, when it waits already. */
  add(hash: LaneHash, { scope, offset }: LetterPlace, diedAtMs: number): number {
    const { number } = this.#entered(scope, diedAtMs)
    const known = this.#letters.find(number, offset)
    if (known !== NO_ROW) return known
    const letter = this.#letters.add(number, offset)
    const found = this.lane(hash)
    const lane = found === NO_ROW ? this.#lanes.add(hash.high, hash.low) : found
    const next = found === NO_ROW ? NO_ROW : this.#head.get(lane)
    const oldest = found === NO_ROW ? letter : this.#oldest.get(lane)
    this.#laneOf.set(letter, lane)
    this.#next.set(letter, next)
    this.#previous.set(letter, NO_ROW)
    if (next !== NO_ROW) this.#previous.set(next, letter)
    this.#head.set(lane, letter)
    this.#oldest.set(lane, oldest !== NO_ROW && this.isOlder(letter, oldest) ? letter : oldest)
    return letter
  }

  drop(letter: number): void {
    const lane = this.#laneOf.get(letter)
    const [next, previous] = [this.#next.get(letter), this.#previous.get(letter)]
    if (next !== NO_ROW) this.#previous.set(next, previous)
    if (previous !== NO_ROW) this.#next.set(previous, next)
    else this.#head.set(lane, next)
    if (this.#oldest.get(lane) === letter) this.#oldest.set(lane, NO_ROW)
    if (this.#head.get(lane) === NO_ROW) this.#lanes.remove(lane)
    this.#letters.remove(letter)
  }

  #scope(letter: number): Scope | undefined {
    return this.#scopes[this.#letters.first(letter)]
  }

  #entered(name: string, diedAtMs: number): Scope {
    const known = this.#scopeOf.get(name)
    const scope = known ?? { name, number: this.#scopes.length, firstDiedAtMs: diedAtMs }
    if (known === undefined) this.#scopes.push(scope)
    if (known === undefined) this.#scopeOf.set(name, scope)
    this.#isReordered ||= this.#scopes.length > 1 && diedAtMs < scope.firstDiedAtMs
    scope.firstDiedAtMs = Math.min(scope.firstDiedAtMs, diedAtMs)
    return scope
  }
}
