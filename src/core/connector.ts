// A connector is data plus pure functions: from a change event and the rows it looked up to writes. It does no I/O and
// knows nothing of retries, cursors or batching.

import type { Side } from './contested.ts'
import type { ChangeEvent } from './event.ts'
import type { ImportFrom } from './import-from.ts'
import type { Imported } from './imported.ts'
import type { BusinessRule, Reference } from './integrity.ts'
import type { Schedule } from './schedule.ts'
import type { Sweep } from './sweep.ts'
import type { VenueStatus } from './sync.ts'
import type { Row, Value } from './value.ts'
import type { Merge, StoredItem, Write } from './write.ts'

/** Rows found for an event, by lookup name: the first match, or all of them where the lookup says `many`. */
export interface Found {
  one(name: string): Row | null
  many(name: string): readonly Row[]
}

/** A row (or rows) of another source table that a mapping needs. Batched, cached, and at least as new as the event. */
export interface LookupSpec {
  readonly table: string
  /** The column to match; it should be indexed. */
  readonly by: string
  readonly columns: readonly string[]
  /** The value to look for; null asks for nothing. May use lookups declared before this one. */
  readonly value: (event: ChangeEvent, found: Found) => Row[string]
  /** All matches, without repeats, instead of the first. */
  readonly many?: boolean
}

/** How runs may narrow a table down; what is not declared cannot be asked for. */
export interface Narrowing {
  /** The venue that a row belongs to: a column of its own, or of the row that the column leads to. */
  readonly venue?: { readonly column: string; readonly through?: Through }
  /** When a row was last changed, by the source. */
  readonly changedAt?: string
  /** Columns that may be compared with a value. */
  readonly where?: readonly string[]
}

export interface Through {
  readonly table: string
  /** The other table's column that is equal to ours. */
  readonly by: string
  /** The other table's column that holds the value. */
  readonly column: string
}

/** Tables that a connector's rows are written to, where it brings them along. */
export interface Migration {
  readonly name: string
  readonly up: readonly string[]
  /** Takes everything back. */
  readonly down: readonly string[]
}

export type Settings = Readonly<Record<string, string>>

/** Where the changes of a connector come from: one of the sides, or files and services outside, by runs. */
export type Origin = Side | 'import'

export interface TableFlow {
  /**
   * Columns the mapping reads: checked against the table at start and whenever its shape changes. Of a table of DynamoDB
   * the attributes, any of which an item may lack.
   */
  readonly columns: readonly string[]
  readonly lookups?: Readonly<Record<string, LookupSpec>>
  readonly narrow?: Narrowing
  /** What a row from outside holds. */
  readonly imported?: Imported
  /** Where such rows may come from; from any file and service when left out. */
  readonly importedFrom?: readonly ImportFrom['kind'][]
  /** Of an account: its rows come out of the same walk as those of this table, where both are imported. */
  readonly walkedWith?: string
  readonly map: (event: ChangeEvent, found: Found, settings: Settings) => readonly Write[]
  /** Fields that name rows of other tables of the connector: whether those are there is checked when an import is done. */
  readonly references?: Readonly<Record<string, Reference>>
  /** What is checked of its rows when an import is done. */
  readonly rules?: readonly BusinessRule[]
  /** Which rows go once all of this was imported; null for none. */
  readonly sweep?: (from: ImportFrom) => Sweep | null
  /**
   * The row that an item of a target stands for, one item for each row: the values of its primary key, as `event.key` has
   * them; null for what is no row of this table. Where a delete means something: rows that went while nobody captured are found by it.
   */
  readonly rowOf?: (item: StoredItem & { readonly table: string }, settings: Settings) => readonly Value[] | null
}

/** How a venue is brought up to date on demand: its rows are copied, and the target is told of it. */
export interface SyncSpec {
  /** One row for each venue; its primary key is the venue and nothing else. `name` is the column of its name. */
  readonly venues: { readonly table: string; readonly name: string }
  /** The venue that a write is for; null where it is for none. */
  readonly venueOf: (write: Write) => string | null
  /** Its guard is given to it: statuses are compared with statuses. */
  readonly status: (venue: string, status: VenueStatus, settings: Settings) => Merge
}

export interface TargetTable {
  /** Names of the key attributes: one or two. */
  readonly key: readonly [string] | readonly [string, string]
  /** Every field this connector may write; a write of any other is refused. A last `*` stands for any ending. */
  readonly owns: readonly string[]
  /** Of an import: rows that a run does not meet are known, for they may have to go. */
  readonly keepsSeen?: boolean
  /** Of an import: each run fills it anew beside the one in use, which it takes the place of; see the `sweep` of its flow. */
  readonly isRebuilt?: boolean
  /** Of an import: others fill the table too, and never touch these rows, which say in a column whose they are. */
  readonly shared?: { readonly by: string; readonly as: string }
}

export interface SettingSpec {
  readonly about: string
  readonly default?: string
  readonly check?: (value: string) => string | null
}

export interface Connector {
  readonly name: string
  readonly source: Origin
  readonly sink: Side
  /** The connector that carries changes the other way, where fields are contested. */
  readonly twin?: string
  readonly tables: Readonly<Record<string, TableFlow>>
  /** The target tables, by name; a function because names and key attributes may be settings. */
  readonly targets: (settings: Settings) => Readonly<Record<string, TargetTable>>
  /** Runs only where it is asked for by name, and not because its folder is. */
  readonly whenNamed?: boolean
  /** Read from MILLRACE_<CONNECTOR>_<NAME>; twins have the same, under the name of the one that follows MySQL. */
  readonly settings?: Readonly<Record<string, SettingSpec>>
  readonly sync?: SyncSpec
  /** What is imported again and again. */
  readonly schedules?: (settings: Settings) => readonly Schedule[]
  /** In the order they are made. */
  readonly migrations?: readonly Migration[]
}

export function defineConnector(connector: Connector): Connector {
  return connector
}
