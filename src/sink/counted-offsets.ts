// The account a counter item keeps of one reader in one partition: which records it has counted. Below `from` everything
// is settled but for dead letters; from there on the records may come again. Those that were counted are named one by
// one, below `from` only those whose letters wait.

import { Rejection } from './rejection.ts'

const FORM = /^(\d+):((?:\d+(?:-\d+)?(?:,(?=\d)|(?=:|$)))*)(?::(\d+(?:,\d+)*))?$/u

export class CountedOffsets {
  readonly #from: number
  readonly #offsets: ReadonlySet<number>

  private constructor(from: number, offsets: ReadonlySet<number>) {
    this.#from = from
    this.#offsets = offsets
  }

  static read(text: string | undefined): CountedOffsets {
    if (text === undefined) return new CountedOffsets(0, new Set())
    const [, from, ranges = '', waiting] = FORM.exec(text) ?? []
    if (from === undefined) throw new Rejection('its account of what was counted cannot be read')
    const below = waiting === undefined ? [] : waiting.split(',').map(Number)
    return new CountedOffsets(Number(from), new Set([...below, ...expand(ranges, Number(from))]))
  }

  has(offset: number): boolean {
    return offset < this.#from || this.#offsets.has(offset)
  }

  /** Whether it was counted for certain; below `from` it says so only of what waits. */
  names(offset: number): boolean {
    return this.#offsets.has(offset)
  }

  /** With these counted too, and without those below `since`, which do not come again, unless they wait. */
  with(offsets: readonly number[], since: number, waits: (offset: number) => boolean): CountedOffsets {
    const from = Math.max(this.#from, since)
    const named = [...this.#offsets, ...offsets].filter((offset) => offset >= from || waits(offset))
    return new CountedOffsets(from, new Set(named))
  }

  /** Ranges of distances from `from`: short, and a person can read it. Then what lies below. */
  toString(): string {
    const all = [...this.#offsets].sort((one, other) => one - other)
    const below = all.filter((offset) => offset < this.#from)
    const sorted = all.slice(below.length)
    const ranges: string[] = []
    for (let start = 0; start < sorted.length; ) {
      let end = start
      while (sorted[end + 1] === (sorted[end] ?? 0) + 1) end++
      const first = (sorted[start] ?? 0) - this.#from
      ranges.push(end === start ? `${first}` : `${first}-${first + end - start}`)
      start = end + 1
    }
    return `${this.#from}:${ranges.join(',')}${below.length === 0 ? '' : `:${below.join(',')}`}`
  }
}

function* expand(ranges: string, from: number): Iterable<number> {
  for (const range of ranges === '' ? [] : ranges.split(',')) {
    const [first = 0, last = first] = range.split('-').map(Number)
    for (let offset = first; offset <= last; offset++) yield from + offset
  }
}
