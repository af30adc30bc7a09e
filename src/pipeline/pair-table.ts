// Numbers its rows, each of which two numbers name: the first below 2^32, the second a whole number below 2^53. A row
// takes about 25 bytes, where a Map takes a hundred and more and ends at 16 million.

import { Column } from './column.ts'

/** Stands for no row. */
export const NO_ROW = 0

/** Of a row that is free. */
const FREE = -1
const BUCKETS_MIN = 64

export class PairTable {
  readonly #first = new Column(Uint32Array)
  readonly #second = new Column(Float64Array)
  /** The next row of the bucket, or the next that is free. */
  readonly #next = new Column(Uint32Array)
  #buckets = new Uint32Array(BUCKETS_MIN)
  #free = NO_ROW
  #end = NO_ROW + 1
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Above the number of every row. */
  get end(): number {
    return this.#end
  }

  find(first: number, second: number): number {
    let row = this.#buckets[this.#bucketOf(first, second)] ?? NO_ROW
    while (row !== NO_ROW && !this.#is(row, first, second)) row = this.#next.get(row)
    return row
  }

  /** A pair that it does not have yet; the number of a row that was removed may be given again. */
  add(first: number, second: number): number {
    if (this.#size >= this.#buckets.length) this.#spread()
    const row = this.#free === NO_ROW ? this.#end++ : this.#free
    if (row === this.#free) this.#free = this.#next.get(row)
    this.#first.set(row, first)
    this.#second.set(row, second)
    this.#hang(row)
    this.#size++
    return row
  }

  remove(row: number): void {
    const bucket = this.#bucketOf(this.first(row), this.second(row))
    let before = NO_ROW
    for (let at = this.#buckets[bucket] ?? NO_ROW; at !== row; at = this.#next.get(at)) before = at
    if (before === NO_ROW) this.#buckets[bucket] = this.#next.get(row)
    else this.#next.set(before, this.#next.get(row))
    this.#second.set(row, FREE)
    this.#next.set(row, this.#free)
    this.#free = row
    this.#size--
  }

  first(row: number): number {
    return this.#first.get(row)
  }

  second(row: number): number {
    return this.#second.get(row)
  }

  *rows(): Iterable<number> {
    for (let row = NO_ROW + 1; row < this.#end; row++) if (this.#second.get(row) !== FREE) yield row
  }

  #is(row: number, first: number, second: number): boolean {
    return this.#second.get(row) === second && this.#first.get(row) === first
  }

  #spread(): void {
    this.#buckets = new Uint32Array(2 * this.#buckets.length)
    for (const row of this.rows()) this.#hang(row)
  }

  #hang(row: number): void {
    const bucket = this.#bucketOf(this.first(row), this.second(row))
    this.#next.set(row, this.#buckets[bucket] ?? NO_ROW)
    this.#buckets[bucket] = row
  }

  #bucketOf(first: number, second: number): number {
    const mixed = Math.imul((second >>> 0) ^ Math.imul(first, 0x85eb_ca6b), 0x9e37_79b1)
    return (mixed ^ (mixed >>> 15)) & (this.#buckets.length - 1)
  }
}
