// Which rows are gone: their keys are asked for, many in one short statement, without locks. The watermark is taken
// before: a row that comes back afterwards, or was not seen yet, has a change behind it, which wins.

import { ChangeEvent } from '../../core/event.ts'
import { encodeRow, RowImage } from '../../core/image.ts'
import type { Position } from '../../core/position.ts'
import { keyShape } from '../../core/table.ts'
import type { Value } from '../../core/value.ts'
import { quotedName } from '../../mysql/sql-name.ts'
import type { MissingRows as Found, MissingRequest } from '../source.ts'
import { KeyOrder } from './key-order.ts'
import type { RowPagesOptions } from './row-pages.ts'
import { RowSelect } from './select.ts'

const KEYS_MAX = 500

export class MissingRows {
  readonly #options: RowPagesOptions

  constructor(options: RowPagesOptions) {
    this.#options = options
  }

  async find({ table, keys, run }: MissingRequest, signal: AbortSignal): Promise<Found> {
    const { sessions, database, watermark } = this.#options
    const startMs = performance.now()
    const position = await watermark()
    const select = await RowSelect.open((sql) => sessions.query(sql), database, table)
    const order = new KeyOrder(table, select.key)
    const events: ChangeEvent[] = []
    for (let first = 0; first < keys.length; first += KEYS_MAX) {
      const some = keys.slice(first, first + KEYS_MAX)
      for (const key of await this.#gone(some, { select, order }, signal)) {
        events.push(this.#event(select, key, { position, row: events.length, run }))
      }
    }
    return { events, tookMs: performance.now() - startMs }
  }

  /** By a column's own collation several texts may be equal, so the server says which keys have a row. */
  async #gone(
    keys: readonly (readonly Value[])[],
    { select, order }: { readonly select: RowSelect; readonly order: KeyOrder },
    signal: AbortSignal,
  ): Promise<readonly (readonly Value[])[]> {
    const from = `FROM ${quotedName(select.shape.database)}.${quotedName(select.shape.name)}`
    const questions = new Map(
      keys.flatMap((key, index) => {
        const same = order.same(key)
        return same === null ? [] : [[index, `(SELECT ${index} ${from} WHERE ${same})`] as const]
      }),
    )
    if (questions.size === 0) return []
    const { rows } = await this.#options.sessions.read([...questions.values()].join(' UNION ALL '), signal)
    const there = new Set(rows.map(([index]) => Number(String(index))))
    return keys.filter((_, index) => questions.has(index) && !there.has(index))
  }

  #event(
    { shape }: RowSelect,
    key: readonly Value[],
    by: { readonly position: Position; readonly row: number; readonly run: string },
  ): ChangeEvent {
    const row = Object.fromEntries(shape.key.map((name, index) => [name, key[index] ?? null]))
    const ofKey = keyShape(shape)
    return new ChangeEvent({
      shape,
      op: 'delete',
      keyImage: new RowImage(ofKey, encodeRow(ofKey, row)),
      beforeImage: new RowImage(shape, encodeRow(shape, row)),
      afterImage: null,
      position: by.position,
      changedAtMs: Date.now(),
      origin: this.#options.origin,
      whereabouts: { gtid: null, file: '', offset: 0, row: by.row, serverId: 0 },
      run: by.run,
      fault: null,
    })
  }
}
