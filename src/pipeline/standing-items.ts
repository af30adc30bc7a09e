// Walks through the items of a target that stand for rows, and tells which of those rows are gone.

import { z } from 'zod'
import type { TableFlow } from '../core/connector.ts'
import { MillraceError } from '../core/errors.ts'
import type { Value } from '../core/value.ts'
import type { ItemKey, StoredItem } from '../core/write.ts'
import type { Sink } from '../sink/sink.ts'
import type { MissingRows, RowSource } from '../source/source.ts'
import type { ReadyConnector } from './ready-connector.ts'

export interface StandingItemsOptions {
  readonly source: RowSource
  readonly ready: ReadyConnector
  readonly sink: Sink
  /** Of these, those whose items tell their rows are looked at. */
  readonly tables: readonly string[]
}

/** The target table that is being walked through, by its place among them, and the item behind which it goes on. */
export const ItemPlace = z.object({
  target: z.number(),
  after: z.union([z.tuple([z.string(), z.string()]), z.tuple([z.string()])]).nullable(),
})
export type ItemPlace = z.infer<typeof ItemPlace>

/** An item that stands for a row. */
export interface Standing {
  readonly item: ItemKey
  readonly table: string
  readonly key: readonly Value[]
}

export interface StandingPage {
  readonly standing: readonly Standing[]
  /** Where the next page begins. */
  readonly next: ItemPlace
}

const ITEMS_MAX = 500

export class StandingItems {
  readonly #options: StandingItemsOptions
  readonly #flows: readonly (readonly [table: string, flow: TableFlow])[]

  constructor(options: StandingItemsOptions) {
    this.#options = options
    this.#flows = Object.entries(options.ready.connector.tables).filter(
      ([table, { rowOf }]) => rowOf && options.tables.includes(table),
    )
  }

  /** Null behind the last item, and where no item tells its row. */
  async page({ target, after }: ItemPlace, signal: AbortSignal): Promise<StandingPage | null> {
    const table = Object.keys(this.#options.ready.targets)[target]
    if (table === undefined || this.#flows.length === 0) return null
    const page = await this.#options.sink.items({ table, after, itemsMax: ITEMS_MAX }, signal)
    const next = page.next === null ? { target: target + 1, after: null } : placeOf(target, page.next)
    return { standing: page.items.flatMap((item) => this.#standing(table, item)), next }
  }

  /** Deletes of those whose rows are gone, marked with this run. */
  async gone(standing: readonly Standing[], run: string, signal: AbortSignal): Promise<MissingRows> {
    const groups = [...Map.groupBy(standing, ({ table }) => table)]
    const found = await Promise.all(
      groups.map(([table, own]) => {
        return this.#options.source.missing({ table, keys: own.map(({ key }) => key), run }, signal)
      }),
    )
    return {
      events: found.flatMap(({ events }) => events),
      tookMs: found.reduce((sum, { tookMs }) => sum + tookMs, 0),
    }
  }

  #standing(table: string, item: StoredItem): readonly Standing[] {
    const { connector, settings } = this.#options.ready
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
}

/** Behind this item. */
export function placeOf(target: number, item: ItemKey): ItemPlace {
  return { target, after: [...item] as ItemPlace['after'] }
}
