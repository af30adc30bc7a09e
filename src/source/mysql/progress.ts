// How far a capture has come: the transactions it has, the place behind the last of them, and how much of a cut one.

import { OLDEST, type Position } from '../../core/position.ts'
import type { Gtid } from './gtid.ts'
import { type GtidSet, parseGtidSet } from './gtid-set.ts'
import { endPosition, fileNumber, rowPosition } from './log-place.ts'
import type { MysqlBookmark } from './mysql-bookmark.ts'

export class Progress {
  readonly #from: MysqlBookmark
  readonly #isMariadb: boolean
  readonly #gtids: GtidSet
  readonly #prepared = new Map<string, MysqlBookmark['prepared'][number]>()
  #boundary: Pick<MysqlBookmark, 'file' | 'offset' | 'born'>
  #inside: MysqlBookmark['inside']

  constructor(from: MysqlBookmark, isMariadb: boolean) {
    this.#from = from
    this.#isMariadb = isMariadb
    this.#gtids = parseGtidSet(from.gtids, isMariadb)
    this.#boundary = { file: from.file, offset: from.offset, born: from.born }
    this.#inside = from.inside
    for (const one of from.prepared) this.#prepared.set(one.xid, one)
  }

  get epoch(): number {
    return this.#from.epoch
  }

  /** Of what has been taken from the buffer; to be read right after taking. */
  get bookmark(): MysqlBookmark {
    return {
      ...this.#from,
      ...this.#boundary,
      gtids: this.#gtids.toString(),
      inside: this.#inside,
      prepared: [...this.#prepared.values()],
    }
  }

  /** Every change up to here has been taken. */
  get position(): Position {
    const { file, offset } = this.#boundary
    if (file === '') return OLDEST
    if (this.#inside !== null && this.#inside.offset >= offset)
      return rowPosition(this.epoch, { file, ...this.#inside })
    return endPosition(this.epoch, { file, offset })
  }

  /** Outside of any transaction, everything before this place has been read. What is sent again moves nothing back. */
  reach(place: { file: string; offset: number }, born: number): void {
    const { file, offset } = this.#boundary
    const isSameFile = place.file === file
    if (!isSameFile && fileNumber(place.file) < fileNumber(file)) return
    this.#boundary = { file: place.file, offset: isSameFile ? Math.max(offset, place.offset) : place.offset, born }
  }

  /** A transaction is complete. */
  add(gtid: Gtid | null): void {
    if (gtid === null) return
    this.#gtids.add(gtid)
    if (gtid.text === this.#inside?.gtid) this.#inside = null
  }

  /** The part of a transaction that has been handed out. */
  cut(inside: NonNullable<MysqlBookmark['inside']>): void {
    this.#inside = inside
  }

  /**
   * An XA transaction waits for its decision, and has to be sent again to whoever resumes before that. MySQL sends what
   * is not in the set, so it stays out; MariaDB sends what follows, so the set before it is kept.
   */
  prepare(xid: string, gtid: Gtid): void {
    const before = this.#prepared.get(xid)?.before ?? this.#gtids.toString()
    this.#prepared.set(xid, { xid, gtid, before })
    if (this.#isMariadb && !this.#gtids.has(gtid)) this.#gtids.add(gtid)
  }

  decide(xid: string): void {
    const prepared = this.#prepared.get(xid)
    if (prepared !== undefined && !this.#isMariadb) this.#gtids.add(prepared.gtid)
    this.#prepared.delete(xid)
  }

  /** Sent again only because an XA transaction before it is undecided. */
  isKnown(gtid: Gtid | null): boolean {
    if (this.#from.prepared.length === 0 || gtid === null) return false
    return this.#gtids.has(gtid) && !this.#from.prepared.some((one) => one.gtid.text === gtid.text)
  }

  /** What to ask the server to leave out. */
  get request(): string {
    const [oldest] = this.#from.prepared
    return this.#isMariadb && oldest !== undefined ? oldest.before : this.#from.gtids
  }

  /** What an earlier capture handed out of this transaction. */
  insideOf(gtid: Gtid | null): MysqlBookmark['inside'] {
    return gtid !== null && this.#from.inside?.gtid === gtid.text ? this.#from.inside : null
  }
}
