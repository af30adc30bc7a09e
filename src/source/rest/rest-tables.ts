// The tables that a walk brings rows of: an item is a row of one, or holds rows of several, each read in its own way.

import type { ChangeEvent } from '../../core/event.ts'
import type { Json } from '../../core/json-path.ts'
import { ImportedEvents } from '../imported-event.ts'
import { type RestRow, RestRows, type RestRowsOptions } from './rest-rows.ts'

export interface RestTable extends Pick<RestRowsOptions, 'spec' | 'imported' | 'derive'> {
  /** Left out: the one that is asked for. */
  readonly table?: string
}

export interface RestTablesOptions extends Pick<RestRowsOptions, 'secrets' | 'orderedAtMs'> {
  readonly connector: string
  readonly origin: string
}

/** What a page is asked for. */
export interface Asked {
  readonly table: string
  readonly run: string
}

interface Reading {
  readonly of: RestTable
  readonly rows: RestRows
  made: (Asked & { readonly events: ImportedEvents }) | null
}

export interface TableRow extends RestRow {
  readonly reading: Reading
}

export class RestTables {
  readonly #options: RestTablesOptions
  readonly #readings: readonly Reading[]

  constructor(tables: readonly RestTable[], options: RestTablesOptions) {
    this.#options = options
    this.#readings = tables.map((of) => ({ of, rows: new RestRows({ ...of, ...options }), made: null }))
  }

  /** Those of an item one after another, in the order of the tables. */
  of(items: readonly Json[]): readonly TableRow[] {
    return items.flatMap((item) =>
      this.#readings.flatMap((reading) => reading.rows.of(item).map((row) => ({ row, item, reading }))),
    )
  }

  event(row: TableRow, place: number, { table: asked, run }: Asked): ChangeEvent {
    const { of, rows, made } = row.reading
    const { table = asked, imported } = of
    const known = made?.table === table && made.run === run ? made : null
    const { events } = known ?? { events: new ImportedEvents({ ...this.#options, table, imported, run }) }
    row.reading.made = known ?? { table, run, events }
    return events.event(rows.said(row, place))
  }
}
