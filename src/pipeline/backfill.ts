// Copies rows of source tables through the log, page by page, beside the live changes. Each page and how far it brings
// the run are one append; deliveries count what becomes of the rows, and when they have counted all of them it is done.

import { z } from 'zod'
import { runTag } from '../core/run.ts'
import type { EventCodec } from '../log/codec.ts'
import type { MissingRows, PagedRows, RowPage, RowScope, RowSource } from '../source/source.ts'
import type { Clock } from './clock.ts'
import { drainRun } from './drain-run.ts'
import { expectRows } from './expect-rows.ts'
import { PageSize } from './page-size.ts'
import { readPlace } from './read-place.ts'
import { RunPace } from './run-pace.ts'
import type { RunWork } from './run-work.ts'

export interface CopyScope extends RowScope {
  /** It names one row by its key: if there is none, its delete takes its place. */
  readonly orGone?: true
}

export interface BackfillOptions {
  readonly source: PagedRows & Partial<Pick<RowSource, 'missing'>>
  readonly codec: EventCodec
  readonly clock: Clock
  /** Of a page, at most. */
  readonly rowsMost?: number
  /** See RunPace. */
  readonly aheadMin?: number
}

/** The table that is being read, by its place in the scope, where it ended when that began, and the page behind which it goes on. */
const Bookmark = z.object({ table: z.number(), upTo: z.string().nullable(), after: z.string().nullable() })
type Bookmark = z.infer<typeof Bookmark>

export async function backfill(options: BackfillOptions, work: RunWork): Promise<void> {
  await new Backfill(options, work).run()
}

class Backfill {
  readonly #options: BackfillOptions
  readonly #work: RunWork
  readonly #scopes: readonly CopyScope[]
  readonly #pace: RunPace
  readonly #size: PageSize
  #rows: number

  constructor(options: BackfillOptions, work: RunWork) {
    this.#options = options
    this.#work = work
    this.#scopes = JSON.parse(work.order.scope) as readonly CopyScope[]
    this.#rows = work.progress.rows
    this.#pace = RunPace.of(work, options.clock, options.aheadMin)
    this.#size = new PageSize(options.rowsMost)
  }

  async run(): Promise<void> {
    const { bookmark } = this.#work.progress
    if (bookmark === null) await expectRows(this.#options.source, this.#scopes, this.#work)
    else this.#pace.resume(this.#work.progress.updatedAtMs)
    let at = bookmark === null ? beginning(0) : readPlace(Bookmark, bookmark, 'backfill')
    for (let scope = this.#scopes[at.table]; scope !== undefined; scope = this.#scopes[at.table]) {
      const rowsMax = Math.min(this.#size.rows, await this.#pace.admit(this.#rows, this.#work.signal))
      if (rowsMax === 0) return
      at = await this.#copy(scope, at, rowsMax)
    }
    await drainRun(this.#work, this.#options.clock, this.#rows)
  }

  async #copy(scope: CopyScope, at: Bookmark, rowsMax: number): Promise<Bookmark> {
    const { source } = this.#options
    const { order, signal } = this.#work
    const upTo = at.upTo ?? (await this.#work.retry(() => source.last(scope, signal)))
    if (upTo === null) return this.#gone(scope, at)
    const request = { scope, after: at.after, upTo, rowsMax, run: runTag(order) }
    const page = await this.#work.retry(() => source.page(request, signal))
    const next = page.next === null ? beginning(at.table + 1) : { table: at.table, upTo, after: page.next }
    await this.#append(page, next)
    this.#size.took({ rows: rowsMax, bytes: bytesOf(page), tookMs: page.tookMs })
    return next
  }

  async #gone({ table, from, orGone }: CopyScope, at: Bookmark): Promise<Bookmark> {
    const next = beginning(at.table + 1)
    const { source } = this.#options
    if (!orGone || from === null || source.missing === undefined) return next
    const missing = source.missing.bind(source)
    const { order, signal } = this.#work
    const request = { table, keys: [from], run: runTag(order) }
    await this.#append(await this.#work.retry(() => missing(request, signal)), next)
    return next
  }

  async #append({ events, tookMs }: MissingRows, next: Bookmark): Promise<void> {
    const rows = this.#rows + events.length
    const step = { bookmark: JSON.stringify(next), rows, rowsPerSecond: this.#pace.rowsPerSecond }
    await this.#work.step(step, () => this.#options.codec.encode(events))
    this.#rows = rows
    this.#pace.took(events.length, tookMs)
  }
}

function beginning(table: number): Bookmark {
  return { table, upTo: null, after: null }
}

function bytesOf({ events }: RowPage): number {
  return events.reduce((sum, { parts }) => sum + (parts.afterImage?.bytes.length ?? 0), 0)
}
