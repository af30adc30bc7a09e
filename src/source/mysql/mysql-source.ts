// The change source and row lookup of MySQL 8.0 to 9.x and MariaDB 10.5 and later. One object per server and database.

import { randomInt } from 'node:crypto'
import { MillraceError } from '../../core/errors.ts'
import type { Finding } from '../../core/finding.ts'
import { epochOf, type Position } from '../../core/position.ts'
import { type MysqlAddress, parseMysqlUrl } from '../../mysql/mysql-address.ts'
import { quotedText } from '../../mysql/sql-name.ts'
import type {
  Bookmark,
  ChangeSource,
  LookupCheck,
  LookupColumn,
  LookupRequest,
  MissingRows as Missing,
  MissingRequest,
  PageRequest,
  RowLookup,
  RowPage,
  RowScope,
  RowSource,
  SourceBatch,
  TableColumns,
} from '../source.ts'
import { ChangeStream } from './change-stream.ts'
import { check } from './check.ts'
import { endPosition } from './log-place.ts'
import { type FoundRows, Lookup } from './lookup.ts'
import { checkLookups } from './lookup-check.ts'
import { MissingRows } from './missing-rows.ts'
import { formatBookmark, type MysqlBookmark, parseBookmark } from './mysql-bookmark.ts'
import { RowPages } from './row-pages.ts'
import { isAtLeast, readIdentity, type ServerIdentity } from './server-identity.ts'
import { Sessions } from './sessions.ts'
import { unlessAborted } from './unless-aborted.ts'
import { Watermarks } from './watermark.ts'

const HEARTBEAT_MS = 2000
const BATCH_BYTES_MAX = 1024 * 1024
/** Replicas are numbered by hand and low; a dump with a number that another one uses would throw that one out. */
const SERVER_ID_MIN = 2 ** 30
const SERVER_ID_MAX = 2 ** 32 - 1
const FIRST_EPOCH = 1

export interface MysqlSourceOptions {
  readonly url: string
  /** Tables of the URL's database to follow. */
  readonly tables: readonly string[]
  /** An idle source yields a batch this often. */
  readonly heartbeatMs?: number
  readonly batchBytesMax?: number
  /** What the server knows this reader as; a random high number when left out. */
  readonly serverId?: number
  /** Names the source in bookmarks and metrics; does not change when another server takes over. */
  readonly name?: string
  /** The newest bookmark of this source, for a process that looks rows up but does not itself capture. */
  readonly bookmark?: () => Promise<Bookmark | null>
}

export class MysqlSource implements ChangeSource, RowLookup, RowSource, LookupCheck, TableColumns, AsyncDisposable {
  readonly name: string
  readonly #options: MysqlSourceOptions
  readonly #address: MysqlAddress
  readonly #sessions: Sessions
  readonly #watermarks: Watermarks
  readonly #lookup: Lookup
  /** Of their own: whoever looks rows up for live changes never waits behind a page. */
  readonly #pageSessions: Sessions
  readonly #pages: RowPages
  readonly #missing: MissingRows
  #server: { readonly identity: ServerIdentity; readonly opened: number } | null = null
  /** Which epoch the positions of which server belong to. */
  #epoch: { readonly server: string; readonly epoch: number } | null = null

  constructor(options: MysqlSourceOptions) {
    this.#options = options
    this.#address = parseMysqlUrl(options.url)
    this.#sessions = new Sessions(this.#address)
    this.name = options.name ?? `mysql.${this.#address.database}`
    this.#watermarks = new Watermarks({
      sessions: this.#sessions,
      server: () => this.#identity(),
      epoch: () => this.#currentEpoch(),
    })
    const { database } = this.#address
    this.#lookup = new Lookup({ sessions: this.#sessions, database, watermarks: this.#watermarks })
    this.#pageSessions = new Sessions(this.#address)
    const watermark = () => this.watermark()
    const reading = { sessions: this.#pageSessions, database, origin: this.name, watermark }
    this.#pages = new RowPages(reading)
    this.#missing = new MissingRows(reading)
  }

  async check(tables: readonly string[]): Promise<readonly Finding[]> {
    const { database, user } = this.#address
    const serverId = this.#options.serverId ?? null
    return check({ sessions: this.#sessions, server: await this.#identity(), user, database, serverId }, tables)
  }

  checkLookups(columns: readonly LookupColumn[]): Promise<readonly Finding[]> {
    return checkLookups(this.#sessions, this.#address.database, columns)
  }

  async columns(tables: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    if (tables.length === 0) return new Map()
    const rows = await this.#sessions.query(
      `SELECT TABLE_NAME AS of_table, COLUMN_NAME AS name FROM information_schema.COLUMNS
       WHERE TABLE_SCHEMA = ${quotedText(this.#address.database)} AND TABLE_NAME IN (${tables.map(quotedText).join(', ')})`,
    )
    const found = Map.groupBy(rows, (row) => row.of_table ?? '')
    return new Map([...found].map(([table, columns]) => [table, columns.map(({ name }) => name ?? '')]))
  }

  async *changes(from: Bookmark | null, signal: AbortSignal): AsyncIterable<SourceBatch> {
    const start = await unlessAborted(
      from === null ? this.#end(FIRST_EPOCH) : this.#resume(parseBookmark(from)),
      signal,
    )
    if (start === null) return
    this.#epoch = { server: start.server, epoch: start.epoch }
    await using stream = new ChangeStream({
      address: this.#address,
      server: await this.#identity(),
      serverId: this.#options.serverId ?? randomInt(SERVER_ID_MIN, SERVER_ID_MAX),
      tables: this.#options.tables,
      origin: this.name,
      heartbeatMs: this.#options.heartbeatMs ?? HEARTBEAT_MS,
      batchBytesMax: this.#options.batchBytesMax ?? BATCH_BYTES_MAX,
      from: start,
      signal,
    })
    for (;;) {
      const batch = await stream.next()
      if (batch === null) return
      yield batch
    }
  }

  rows(request: LookupRequest, signal: AbortSignal): Promise<FoundRows> {
    // Whoever captures may have begun a new epoch on the same server.
    const { atLeast } = request
    if (atLeast !== undefined && this.#epoch !== null && epochOf(atLeast) > this.#epoch.epoch) this.#epoch = null
    return this.#lookup.rows(request, signal)
  }

  page(request: PageRequest, signal: AbortSignal): Promise<RowPage> {
    return this.#pages.page(request, signal)
  }

  async last(scope: RowScope, signal: AbortSignal): Promise<Bookmark | null> {
    await this.#renewEpoch()
    return this.#pages.last(scope, signal)
  }

  missing(request: MissingRequest, signal: AbortSignal): Promise<Missing> {
    return this.#missing.find(request, signal)
  }

  expect(scope: RowScope): Promise<number | null> {
    return this.#pages.expect(scope)
  }

  /** Every change at or before it is visible to a SELECT begun afterwards. */
  watermark(): Promise<Position> {
    return this.#watermarks.take()
  }

  async restart(last: Bookmark | null): Promise<SourceBatch> {
    const end = await this.#end(last === null ? FIRST_EPOCH : parseBookmark(last).epoch + 1)
    const [row] = await this.#sessions.query('SELECT ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000) AS now_ms')
    const position = endPosition(end.epoch, end)
    return { events: [], bookmark: formatBookmark(end), position, sourceTimeMs: Number(row?.now_ms) }
  }

  /**
   * The place is read before the GTIDs, and everything before it is visible and so among them: what the dump will send
   * lies behind the place.
   */
  async #end(epoch: number): Promise<MysqlBookmark> {
    const { isMariadb, id } = await this.#identity()
    const place = await this.#watermarks.place()
    const variable = isMariadb ? '@@GLOBAL.gtid_binlog_pos' : '@@GLOBAL.gtid_executed'
    const [row] = await this.#sessions.query(`SELECT ${variable} AS gtids`)
    const gtids = (row?.gtids ?? '').replace(/\s/g, '')
    return { epoch, server: id, gtids, ...place, born: 0, inside: null, prepared: [] }
  }

  /** On another server the places of the bookmark mean nothing: a new epoch begins, and GTIDs bridge. */
  async #resume(bookmark: MysqlBookmark): Promise<MysqlBookmark> {
    const { isMariadb, id, version } = await this.#identity()
    if (isMariadb !== bookmark.server.startsWith('mariadb:')) throw otherFlavour(bookmark.server, id)
    if (!isMariadb) await this.#requireGtids(bookmark.gtids, version)
    if (bookmark.server === id) return bookmark
    const inside = bookmark.inside === null ? null : { ...bookmark.inside, offset: -1, row: -1 }
    return { ...bookmark, epoch: bookmark.epoch + 1, server: id, file: '', offset: 0, born: 0, inside }
  }

  /** MySQL itself objects only to transactions of its own that it lacks, not to those of a server it took over from. */
  async #requireGtids(gtids: string, version: string): Promise<void> {
    const subtract = `GTID_SUBTRACT(${quotedText(gtids)}, @@GLOBAL.gtid_executed)`
    const [row] = await this.#sessions.query(`SELECT ${subtract} AS missing`)
    const missing = row?.missing ?? ''
    if (missing === '') return
    const following = await this.#sessions.query(replicaStatus(version))
    if (following.length > 0)
      throw new MillraceError('MYSQL_BEHIND', `The replica still lacks transactions ${missing}.`)
    throw new MillraceError('HISTORY_GONE', `The server does not have transactions that were captured: ${missing}.`)
  }

  async #identity(): Promise<ServerIdentity> {
    const { opened } = this.#sessions
    if (this.#server !== null && this.#server.opened === opened) return this.#server.identity
    const identity = await readIdentity((sql) => this.#sessions.query(sql))
    this.#server = { identity, opened: this.#sessions.opened }
    return identity
  }

  /** Whoever captures may have begun a new one on the same server: with positions of the old, a walk would be in vain. */
  async #renewEpoch(): Promise<void> {
    const newest = (await this.#options.bookmark?.()) ?? null
    if (newest === null || this.#epoch === null) return
    const { server, epoch } = parseBookmark(newest)
    if (server === this.#epoch.server && epoch > this.#epoch.epoch) this.#epoch = { server, epoch }
  }

  async #currentEpoch(): Promise<number> {
    const { id } = await this.#identity()
    if (this.#epoch?.server === id) return this.#epoch.epoch
    const newest = (await this.#options.bookmark?.()) ?? null
    if (newest === null) return this.#epoch === null ? FIRST_EPOCH : this.#epoch.epoch + 1
    const { server, epoch } = parseBookmark(newest)
    if (server !== id)
      throw new MillraceError('MYSQL_BEHIND', 'Capture has not yet gone over to the server that answers.')
    this.#epoch = { server, epoch }
    return epoch
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sessions[Symbol.asyncDispose]()
    await this.#pageSessions[Symbol.asyncDispose]()
  }
}

export function openMysqlSource(options: MysqlSourceOptions): MysqlSource {
  return new MysqlSource(options)
}

/** Has a row as long as the server follows another one. */
function replicaStatus(version: string): string {
  return isAtLeast(version, [8, 0, 22]) ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS'
}

function otherFlavour(was: string, is: string): MillraceError {
  return new MillraceError('BOOKMARK_UNREADABLE', `The bookmark is of ${was}, which ${is} cannot continue.`)
}
