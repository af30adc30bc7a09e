// What a verification looks at, page by page: first the rows of its tables, then, where it is about all of them, the items
// whose rows are gone, each as the delete that was never seen. A few pages are compared while the next one is read.

import { z } from 'zod'
import type { ChangeEvent } from '../core/event.ts'
import type { RowScope, RowSource } from '../source/source.ts'
import type { Clock } from './clock.ts'
import { PageSize } from './page-size.ts'
import type { CheckedRow, RowCheck } from './row-check.ts'
import { RunPace } from './run-pace.ts'
import type { RunWork } from './run-work.ts'
import { ItemPlace, type StandingItems } from './standing-items.ts'

/**
 * The table that is compared, by its place in the scope, where that ended when it began, and the page behind which it goes
 * on; behind the last table, where among the items.
 */
export const VerifyPlace = z.object({
  ...{ table: z.number(), upTo: z.string().nullable(), after: z.string().nullable() },
  items: ItemPlace.nullable(),
})
export type VerifyPlace = z.infer<typeof VerifyPlace>

interface Page {
  /** Of one table, unless its end is told. */
  readonly events: readonly ChangeEvent[]
  readonly next: VerifyPlace
  /** What follows is of another table, or nothing follows. */
  readonly isEnd: boolean
}

export interface VerifyPage extends Omit<Page, 'events'> {
  readonly rows: readonly CheckedRow[]
}

export interface VerifyPagesOptions {
  readonly source: RowSource
  readonly check: RowCheck
  readonly clock: Clock
  readonly scopes: readonly RowScope[]
  /** Null: items without rows are not looked for. */
  readonly items: StandingItems | null
  /** What the rows are marked with. */
  readonly tag: string
}

const COMPARED_AT_ONCE = 3
const PAGE_ROWS_MAX = 500

export class VerifyPages {
  readonly #options: VerifyPagesOptions
  readonly #work: RunWork
  readonly #pace: RunPace
  readonly #size = new PageSize()
  #read = 0

  constructor(options: VerifyPagesOptions, work: RunWork) {
    this.#options = options
    this.#work = work
    this.#read = work.progress.rows
    this.#pace = new RunPace({
      ...{ clock: options.clock, limits: () => work.limits(), unitsPerRow: () => 1 },
      delivered: async () => this.#read,
      aheadMin: PAGE_ROWS_MAX,
    })
    if (work.progress.bookmark !== null) this.#pace.resume(work.progress.updatedAtMs)
  }

  get rowsPerSecond(): number {
    return this.#pace.rowsPerSecond
  }

  /** Ends early when the run is to. */
  async *from(place: VerifyPlace): AsyncIterable<VerifyPage> {
    for (let at: VerifyPlace | null = place; at !== null; ) at = yield* this.#table(at)
  }

  /** Where the next one ends is not asked before this one is done: its rows would count as live changes. */
  async *#table(place: VerifyPlace): AsyncGenerator<VerifyPage, VerifyPlace | null> {
    const underWay: Promise<VerifyPage>[] = []
    let isBrokenOff = false
    let at = place
    for (let next: VerifyPlace | null = place; ; ) {
      while (next !== null && underWay.length < COMPARED_AT_ONCE) {
        const page: Page | null = await this.#page(next)
        isBrokenOff = page === null
        next = page === null || page.isEnd ? null : page.next
        if (page !== null) underWay.push(this.#check(page))
      }
      const first = await underWay.shift()
      if (first === undefined) return isBrokenOff ? null : at
      yield first
      at = first.next
    }
  }

  #check({ events, ...place }: Page): Promise<VerifyPage> {
    const look = { isSure: false, signal: this.#work.signal }
    const checking = this.#work.retry(() => this.#options.check.of(events, look)).then((rows) => ({ ...place, rows }))
    // A failure is met when the page's turn comes; until then it must not count as unhandled.
    checking.catch(() => undefined)
    return checking
  }

  async #page(place: VerifyPlace): Promise<Page | null> {
    const scope = this.#options.scopes[place.table]
    return scope === undefined ? this.#pageOfItems(place) : this.#pageOfRows(place, scope)
  }

  async #pageOfRows(place: VerifyPlace, scope: RowScope): Promise<Page | null> {
    const { source, tag } = this.#options
    const { signal } = this.#work
    const upTo = place.upTo ?? (await this.#work.retry(() => source.last(scope, signal)))
    const end = { table: place.table + 1, upTo: null, after: null, items: null }
    if (upTo === null) return { events: [], next: end, isEnd: true }
    const rowsMax = Math.min(this.#size.rows, PAGE_ROWS_MAX, await this.#pace.admit(this.#read, signal))
    if (rowsMax === 0) return null
    const request = { scope, after: place.after, upTo, rowsMax, run: tag }
    const page = await this.#work.retry(() => source.page(request, signal))
    const bytes = page.events.reduce((sum, { parts }) => sum + (parts.afterImage?.bytes.length ?? 0), 0)
    this.#took(page.events.length, page.tookMs)
    this.#size.took({ rows: rowsMax, bytes, tookMs: page.tookMs })
    const isEnd = page.next === null
    return { events: page.events, next: isEnd ? end : { ...place, upTo, after: page.next }, isEnd }
  }

  async #pageOfItems(place: VerifyPlace): Promise<Page | null> {
    const { items, tag } = this.#options
    const { signal } = this.#work
    const at = place.items ?? { target: 0, after: null }
    const page = items === null ? null : await this.#work.retry(() => items.page(at, signal))
    if (page === null || items === null || (await this.#pace.admit(this.#read, signal)) === 0) return null
    const { events, tookMs } = await this.#work.retry(() => items.gone(page.standing, tag, signal))
    this.#took(page.standing.length, tookMs)
    // Of how many tables they are nobody knows: each page is told by itself.
    return { events, next: { ...place, items: page.next }, isEnd: true }
  }

  #took(rows: number, tookMs: number): void {
    this.#read += rows
    this.#pace.took(rows, tookMs)
  }
}
