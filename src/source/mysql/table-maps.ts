// The tables that row events refer to. A table map comes before nearly every row; one that says nothing new is not
// parsed again, and a table nobody follows is remembered only as that.

import { CURSORS_TABLE } from '../../core/cursors-table.ts'
import type { BinlogEvent } from './binlog-event.ts'
import { TableLayout } from './layout.ts'
import type { ReplacedTable } from './replaced-tables.ts'

const ID_BYTES = 6
const FLAGS_BYTES = 2
/** MySQL ends a statement whose last table had no rows with an event of no table. */
const NO_TABLE = 0xffffff
const ENTRIES_MAX = 10_000

interface Known {
  readonly body: Buffer
  readonly layout: TableLayout
}

export class TableMaps {
  readonly #database: string
  /** As they were asked for, by their folded names. */
  readonly #tables: ReadonlyMap<string, string>
  readonly #fold: (name: string) => string
  readonly #isMariadb: boolean
  /** Null for a table that is not followed. */
  readonly #byId = new Map<number, Known | null>()
  /** Ids of the table by which the sink's own transactions are known; it is never followed. */
  readonly #marking = new Set<number>()
  /** The newest of each table: the same definition keeps its layout when the server gives it a new id. */
  readonly #byName = new Map<string, Known>()

  constructor(options: { database: string; tables: readonly string[]; foldsCase: boolean; isMariadb: boolean }) {
    this.#fold = options.foldsCase ? (name) => name.toLowerCase() : (name) => name
    this.#database = this.#fold(options.database)
    this.#tables = new Map(options.tables.map((name) => [this.#fold(name), name]))
    this.#isMariadb = options.isMariadb
  }

  /** Undefined when the row event's table map has not been seen, null when its table is not followed. */
  layoutOf(event: BinlogEvent): TableLayout | null | undefined {
    const id = event.buffer.readUIntLE(event.start, ID_BYTES)
    const known = this.#byId.get(id)
    if (known === undefined) return id === NO_TABLE ? null : undefined
    return known?.layout ?? null
  }

  /** Are the rows of the table that the sink's own transactions begin with? Null for an event that holds no rows. */
  isMarker(event: BinlogEvent): boolean | null {
    const id = event.buffer.readUIntLE(event.start, ID_BYTES)
    return id === NO_TABLE ? null : this.#marking.has(id)
  }

  read(event: BinlogEvent): void {
    const { buffer, start, end } = event
    const id = buffer.readUIntLE(start, ID_BYTES)
    const known = this.#byId.get(id)
    if (known === null) return
    const from = start + ID_BYTES
    if (known !== undefined && known.body.compare(buffer, from, end, ID_BYTES) === 0) return
    this.#byId.set(id, this.#learn(event))
  }

  #learn(event: BinlogEvent): Known | null {
    const { buffer, start } = event
    const databaseAt = start + ID_BYTES + FLAGS_BYTES + 1
    const databaseEnd = databaseAt + (buffer[databaseAt - 1] ?? 0)
    const tableAt = databaseEnd + 2
    const tableEnd = tableAt + (buffer[tableAt - 1] ?? 0)
    if (this.#fold(buffer.toString('utf8', databaseAt, databaseEnd)) !== this.#database) return null
    const table = this.#fold(buffer.toString('utf8', tableAt, tableEnd))
    if (table === CURSORS_TABLE) this.#marking.add(buffer.readUIntLE(start, ID_BYTES))
    if (table === CURSORS_TABLE || !this.#tables.has(table)) return null
    const before = this.#byName.get(table)
    if (before !== undefined && before.body.compare(buffer, start + ID_BYTES, event.end, ID_BYTES) === 0) return before
    const body = Buffer.from(event.body)
    const known = { body, layout: TableLayout.parse(body, { isMariadb: this.#isMariadb }) }
    this.#byName.set(table, known)
    return known
  }

  /** The followed tables that go by this name, or all of the database for null; `session` is the session's database. */
  followed({ database, table }: Pick<ReplacedTable, 'database' | 'table'>, session: string): readonly string[] {
    if (this.#fold(database ?? session) !== this.#database) return []
    if (table === null) return [...this.#tables.values()]
    const name = this.#tables.get(this.#fold(table))
    return name === undefined ? [] : [name]
  }

  /** Does a statement logged as text, run in `database`, possibly change a table that is followed? */
  mayTouch(sql: string, database: string): boolean {
    if (this.#fold(database) === this.#database) return true
    const words = new Set(sql.toLowerCase().match(/[\p{L}\p{N}_$]+/gu) ?? [])
    return words.has(this.#database.toLowerCase())
  }

  /** Ids are the server's own, counted anew when it restarts, and so behind every format description. */
  forgetIds(): void {
    this.#byId.clear()
    this.#marking.clear()
  }

  /** Between transactions: servers with many tables hand out new ids all the time. */
  trim(): void {
    if (this.#byId.size > ENTRIES_MAX) this.forgetIds()
  }
}
