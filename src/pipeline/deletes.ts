// Finds rows that went while nobody captured: walks through the items that stand for rows, asks the source which of those
// are still there, and appends a delete for each that is not. Whatever that look does not show is newer, and wins.

import { z } from 'zod'
import type { TableFlow } from '../core/connector.ts'
import { MillraceError } from '../core/errors.ts'
import { runTag } from '../core/run.ts'
import type { Value } from '../core/value.ts'
import type { ItemKey, StoredItem } from '../core/write.ts'
import type { Sink } from '../sink/sink.ts'
import type { BackfillOptions } from './backfill.ts'
import { drainRun } from './drain-run.ts'
import type { ReadyConnector } from './ready-connector.ts'
import { RunPace } from './run-pace.ts'
import type { RunWork } from './run-work.ts'

export interface RepairTarget extends ReadyConnector {
  readonly sink: Sink
}

export interface DeletesOptions extends BackfillOptions {
  readonly target: RepairTarget
  /** Of these, those whose items tell their rows are looked at. */
  readonly tables: readonly string[]
}

/** The target table that is being walked through, by its place among them, and the item behind which it goes on. */
export const DeletesPlace = z.object({
  target: z.number(),
  after: z.union([z.tuple([z.string(), z.string()]), z.tuple([z.string()])]).nullable(),
})
type DeletesPlace = z.infer<typeof DeletesPlace>

/** An item that stands for a row. */
interface Standing {
  readonly item: ItemKey
  readonly table: string
  readonly key: readonly Value[]
}

const ITEMS_MAX = 500

export class Deletes {
  readonly #options: DeletesOptions
  readonly #work: RunWork
  readonly #flows: readonly (readonly [table: string, flow: TableFlow])[]
  readonly #pace: RunPace
  #rows: number

  constructor(options: DeletesOptions, work: RunWork) {
    const { target, tables, clock } = options
    this.#options = options
    this.#work = work
    this.#flows = Object.entries(target.connector.tables).filter(
      ([table, { rowOf }]) => rowOf && tables.includes(table),
    )
    this.#pace = RunPace.of(work, clock)
    this.#rows = work.progress.rows
  }

  async run(from: DeletesPlace | null): Promise<void> {
    if (this.#flows.length === 0) return
    const targets = Object.keys(this.#options.target.targets)
    let at: DeletesPlace | null = from ?? beginning(0)
    for (let target = targets[at.target]; target !== undefined; target = targets[at.target]) {
      at = await this.#walk(target, at)
      if (at === null) return
    }
    await drainRun(this.#work, this.#options.clock, this.#rows)
  }

  /** One page; null when it was broken off. */
  async #walk(table: string, { target, after }: DeletesPlace): Promise<DeletesPlace | null> {
    const { signal } = this.#work
    const request = { table, after, itemsMax: ITEMS_MAX }
    const page = await this.#work.retry(() => this.#options.target.sink.items(request, signal))
    const end = page.next === null ? beginning(target + 1) : { target, after: [...page.next] as DeletesPlace['after'] }
    const standing = page.items.flatMap((item) => this.#standing(table, item))
    for (let start = 0; ; ) {
      const count = await this.#pace.admit(this.#rows, signal)
      if (count === 0) return null
      const some = standing.slice(start, start + count)
      const last = some.at(-1)
      start += some.length
      if (last === undefined || start === standing.length) {
        await this.#look(some, end)
        return end
      }
      await this.#look(some, { target, after: [...last.item] as DeletesPlace['after'] })
    }
  }

  #standing(table: string, item: StoredItem): readonly Standing[] {
    const { connector, settings } = this.#options.target
    for (const [name, flow] of this.#flows) {
      try {
        const key = flow.rowOf?.({ ...item, table }, settings) ?? null
        if (key !== null) return [{ item: item.key, table: name, key }]
      } catch (cause) {
        const at = `the connector ${connector.name} cannot tell which row of ${name} ${item.key.join(' ')} stands for`
        throw new MillraceError('CONNECTOR_INVALID', at, { cause })
      }
    }
    return []
  }

  async #look(standing: readonly Standing[], next: DeletesPlace): Promise<void> {
    const { source, codec } = this.#options
    const { order, signal } = this.#work
    const run = runTag(order)
    const groups = [...Map.groupBy(standing, ({ table }) => table)]
    const found = await Promise.all(
      groups.map(([table, own]) => {
        const keys = own.map(({ key }) => key)
        return this.#work.retry(() => source.missing({ table, keys, run }, signal))
      }),
    )
    const events = found.flatMap((missing) => missing.events)
    const rows = this.#rows + events.length
    const step = { bookmark: JSON.stringify(next), rows, rowsPerSecond: this.#pace.rowsPerSecond }
    await this.#work.step(step, () => codec.encode(events))
    this.#rows = rows
    this.#pace.took(
      standing.length,
      found.reduce((sum, { tookMs }) => sum + tookMs, 0),
    )
  }
}

function beginning(target: number): DeletesPlace {
  return { target, after: null }
}
