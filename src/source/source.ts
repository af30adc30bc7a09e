// The ports of a source: what capture, backfills and lookups ask of it. Adapters return facts or throw; they neither
// retry nor count nor log.

import type { Through } from '../core/connector.ts'
import type { ChangeEvent } from '../core/event.ts'
import type { Finding } from '../core/finding.ts'
import type { Position } from '../core/position.ts'
import type { Row, Value } from '../core/value.ts'
import type { StoredItem } from '../core/write.ts'

/** Where a source resumes. Opaque: only the source that made it reads it. Text, so that it can rest in the log. */
export type Bookmark = string

/** Rows of a table went or came by a statement of which the source keeps no rows. */
export interface SourceGap {
  readonly table: string
  /** Of the statement. */
  readonly position: Position
  /** By the source's clock, in milliseconds. */
  readonly atMs: number
  /** As a person is told. */
  readonly reason: string
}

/** An item that somebody put back to an older state of it, over what a sink of ours had written. */
export interface SetBack {
  readonly table: string
  readonly item: StoredItem
}

export interface SourceBatch {
  readonly events: readonly ChangeEvent[]
  /** What lies before the bookmark and is not among the events of this batch or an earlier one; nothing when left out. */
  readonly gaps?: readonly SourceGap[]
  /** Items whose older state came back with a change of this batch; none when left out. */
  readonly setBack?: readonly SetBack[]
  /** Resuming from it yields exactly what follows `events`; inside a huge transaction too. */
  readonly bookmark: Bookmark
  /** Every change up to here is in this batch or an earlier one. */
  readonly position: Position
  /** The source's clock when it last gave a sign of life, in milliseconds: what lag is measured against when idle. */
  readonly sourceTimeMs: number
}

/** How the changes of a source are read by several readers side by side, each with a bookmark and a writer of its own. */
export interface Slicing {
  /** How many there are, 1 at least. Every change belongs to one of them, and so do all of one row while it lasts. */
  readonly slices: number
  /** False for a bookmark that has to be divided first: there are tables that it says nothing of. */
  isDivided(bookmark: Bookmark): boolean
  /**
   * A batch without events for each slice: together they stand where these bookmarks stand together, which are all of one
   * slicing, whichever it was, and are not gone on from any more.
   */
  divide(bookmarks: readonly Bookmark[]): Promise<readonly SourceBatch[]>
}

export interface ChangeSource {
  /** Names the source in bookmarks and metrics: one per server and database. */
  readonly name: string

  /** Of a source that can be read so; a bookmark then says which slice `changes` reads. */
  readonly slicing?: Slicing

  /** Everything that has to be true of the server before changes can be read. Throws only when it cannot be reached. */
  check(tables: readonly string[]): Promise<readonly Finding[]>

  /**
   * All changes of `tables` after `from` (from now on when null), in the order the source made them. A heartbeat is a
   * batch without events; an idle source yields one every few seconds, so that the bookmark and the lag stay true.
   * Pull: while the caller does not ask for the next batch the connection pauses, and memory stays bounded in bytes.
   * The iteration ends when the signal aborts. It throws what `supervise` then decides on: retryable for a lost
   * connection (call again with the last bookmark), HISTORY_GONE and the like for what needs a person.
   */
  changes(from: Bookmark | null, signal: AbortSignal): AsyncIterable<SourceBatch>

  /**
   * How to go on where history is gone: a batch without events that stands at the current end, whose positions are newer
   * than all under `last`. What lies between is lost to this source.
   */
  restart(last: Bookmark | null): Promise<SourceBatch>
}

export interface LookupRequest {
  readonly table: string
  readonly by: string
  readonly columns: readonly string[]
  readonly values: readonly Row[string][]
  /** What is read has to be at least as new as this: the newest of the events that ask. Waits a moment if need be. */
  readonly atLeast?: Position
}

/** Current rows of source tables, for connectors' lookups. */
export interface RowLookup {
  /**
   * The rows of each value, in the order of `values`. What it returns is at least as new as every change whose position
   * is `asOf` or older.
   */
  rows(request: LookupRequest, signal: AbortSignal): Promise<{ rows: readonly (readonly Row[])[]; asOf: Position }>
}

export interface TableColumns {
  /** The columns that each of these tables has now; a table that is not there is left out. */
  columns(tables: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
}

/** Which rows of a table: all that answer to every filter, within the bounds of the primary key. */
export interface RowScope {
  readonly table: string
  /** Values of the key's columns, in key order; both ends are part of the scope. */
  readonly from: readonly Value[] | null
  readonly to: readonly Value[] | null
  readonly filters: readonly RowFilter[]
}

export interface RowFilter {
  readonly column: string
  readonly is: '=' | '>='
  readonly value: Value
  /** The value is not of the row itself but of the rows of another table that the column leads to. */
  readonly through?: Through
}

export interface PageRequest {
  readonly scope: RowScope
  /** The bookmark of the page before; null for the first. */
  readonly after: Bookmark | null
  /** What `last` answered when the walk began, for rows that come later are live changes; null: as far as there are any. */
  readonly upTo: Bookmark | null
  /** Looks at so many rows; those that a filter leaves out count too. */
  readonly rowsMax: number
  /** The rows are marked as copied by this run. */
  readonly run: string
}

export interface RowPage {
  /** In key order, each with the op `read`, and a position older than any change that the page does not show. */
  readonly events: readonly ChangeEvent[]
  /** Where the next page begins; null after the last one. */
  readonly next: Bookmark | null
  /** How long the source took to answer, in milliseconds. */
  readonly tookMs: number
}

export interface MissingRequest {
  readonly table: string
  /** Values of the key's columns, in key order, each as the row had it. What no row can have is passed over. */
  readonly keys: readonly (readonly Value[])[]
  /** What is found is marked with this run. */
  readonly run: string
}

/** Which of some rows are gone. */
export interface MissingRows {
  /**
   * A `delete` for each key that no row has, as the change itself would have been, but that only the key's columns are
   * known of its row; with a position older than any change that the look does not show.
   */
  readonly events: readonly ChangeEvent[]
  readonly tookMs: number
}

/** Rows that are walked through page by page, once. */
export interface PagedRows {
  /** Where the scope's last row stands now; null when it has none. */
  last(scope: RowScope, signal: AbortSignal): Promise<Bookmark | null>

  /** One page of current rows: no locks, no transaction that stays open. Throws SCOPE_INVALID. */
  page(request: PageRequest, signal: AbortSignal): Promise<RowPage>

  /** How many rows the scope spans, as far as the source can tell without counting them; null where it cannot. */
  expect(scope: RowScope): Promise<number | null>
}

export interface RowSource extends PagedRows {
  /** Reads keys alone: no locks, no transaction that stays open. Throws SCOPE_INVALID. */
  missing(request: MissingRequest, signal: AbortSignal): Promise<MissingRows>
}

/** A column that lookups search a table by. */
export interface LookupColumn {
  readonly table: string
  readonly by: string
}

export interface LookupCheck {
  /** What has to be true for lookups by these columns to be quick. */
  checkLookups(columns: readonly LookupColumn[]): Promise<readonly Finding[]>
}
