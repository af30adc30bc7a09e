// What a verification has found and has still to tell. What is being mended is told before, as not mended; an attempt that
// goes on behind that knows from its bookmark which rows they are, and from the record what was told of them.

import { z } from 'zod'
import { differenceKey, type RowDifference } from '../core/difference.ts'
import type { Tally } from '../core/run.ts'
import { DIFFERENCES_MAX } from './differences.ts'

/** How many differences are on record, and which rows are being mended. */
export const FindingsPlace = z.object({ told: z.number(), mending: z.array(z.string()) })

export class Findings {
  /** What is known of a row that is looked into, by the row's name and each difference's key. */
  readonly #open = new Map<string, Map<string, RowDifference>>()
  readonly #mending = new Set<string>()
  #told = 0
  #news: RowDifference[] = []

  get place(): z.infer<typeof FindingsPlace> {
    return { told: this.#told, mending: [...this.#mending] }
  }

  /** Rows that are being mended, or were when an earlier attempt broke off: an item whose row is gone is not met again. */
  get mending(): readonly string[] {
    return [...this.#mending]
  }

  /** Nothing is looked into or being mended: no row need be asked about. */
  get isIdle(): boolean {
    return this.#open.size === 0 && this.#mending.size === 0
  }

  isMending(row: string): boolean {
    return this.#mending.has(row)
  }

  /** Goes on where an earlier attempt broke off, whose record this is. */
  resume({ told, mending }: z.infer<typeof FindingsPlace>, record: readonly RowDifference[]): void {
    this.#told = told
    for (const name of mending) this.#mending.add(name)
    this.open(record.filter((one) => this.#mending.has(nameOfFound(one))))
  }

  mend(rows: readonly string[]): void {
    for (const name of rows) this.#mending.add(name)
  }

  /** Looked into: nothing of it is final. Answers those that the record has room for. */
  open(differences: readonly RowDifference[]): readonly RowDifference[] {
    for (const one of differences) {
      const name = nameOfFound(one)
      const known = this.#open.get(name) ?? new Map<string, RowDifference>()
      this.#open.set(name, known.set(differenceKey(one), one))
    }
    return differences.slice(0, DIFFERENCES_MAX - this.#told)
  }

  /** What became of it goes on record. Answers what there was of it. */
  close(row: string, isMended: boolean): Tally['writes'] {
    const all = [...(this.#open.get(row)?.values() ?? [])]
    this.drop(row)
    const told = all.slice(0, DIFFERENCES_MAX - this.#told)
    this.#told += told.length
    this.#news.push(...told.map((one) => ({ ...one, isMended })))
    return writesOf(all)
  }

  /** Nobody knows what is to be told of it. */
  drop(row: string): void {
    this.#open.delete(row)
    this.#mending.delete(row)
  }

  /** What is to go on record with the next step. */
  takeNews(): readonly RowDifference[] {
    const news = this.#news
    this.#news = []
    return news
  }
}

/** As the row itself is named. */
function nameOfFound({ sourceTable, row }: RowDifference): string {
  return `${sourceTable} ${row}`
}

function writesOf(differences: readonly RowDifference[]): Tally['writes'] {
  // A row that cannot be delivered names no table: nobody knows of items that it should have.
  const missing = differences.filter(({ is, table }) => is === 'missing' && table !== '').length
  const fields = differences.reduce((sum, one) => sum + one.fields.length, 0)
  return { ...(missing > 0 && { 'items missing': missing }), ...(fields > 0 && { 'fields differing': fields }) }
}
