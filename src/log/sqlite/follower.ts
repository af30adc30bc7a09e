// One member of a reader: joins, reads the partitions it holds, gives them up when another member is to have them.

import type { LogBatch, LogRecord, Share, StoredRecord } from '../log.ts'
import type { Bell } from './bell.ts'
import type { Topic } from './catalogue.ts'
import type { Load } from './frame.ts'
import type { Presence } from './presence.ts'
import type { Partition, Reading } from './reading.ts'
import type { Scribe } from './scribe.ts'
import type { Statements } from './statements.ts'

/** How long an heir waits for a member that is busy with a batch before it takes the partition. */
const PATIENCE_MS = 1000
const IMPATIENT_POLL_MS = 100

interface Holding {
  readonly partition: Partition
  readonly epoch: number
  /** Another member waits for the partition. */
  hasHeir: boolean
  /** The next offset to read. */
  position: number
  /** A batch is out and not committed yet. */
  isOut: boolean
}

interface CursorRow {
  readonly partition_id: number
  readonly next_offset: number | null
  readonly epoch: number
  readonly member_id: number | null
  readonly heir_id: number | null
}

export interface FollowerParts {
  readonly sql: Statements
  readonly read: <T>(work: () => T) => Promise<T>
  readonly reading: Reading
  readonly scribe: Scribe
  readonly bell: Bell
  readonly presence: Presence
  readonly pack: (records: readonly LogRecord[]) => Load
  readonly onShare: ((share: Share) => void) | undefined
}

export class Follower {
  readonly #reader: string
  readonly #topics: readonly Topic[]
  readonly #partitions = new Map<number, Partition>()
  readonly #parts: FollowerParts
  readonly #holdings = new Map<number, Holding>()
  /** Partitions this member is heir to: since when, and of which epoch. */
  readonly #awaited = new Map<number, { readonly epoch: number; readonly sinceMs: number }>()
  #memberId: number | null = null
  /** The partitions that the caller has been told it holds. */
  #told: string | null = null
  /** The ends of the partitions, as of so many rings of the bell. */
  #ends: ReadonlyMap<number, number> = new Map()
  #endsRings = -1

  constructor(reader: string, topics: readonly Topic[], parts: FollowerParts) {
    this.#reader = reader
    this.#topics = topics
    this.#parts = parts
    for (const topic of topics) {
      for (const [number, id] of topic.partitionIds.entries()) this.#partitions.set(id, { topic, number, id })
    }
  }

  async *batches(signal: AbortSignal): AsyncGenerator<LogBatch, void, undefined> {
    const over = new AbortController()
    const failing = new AbortController()
    // Not raced with what is waited for: that would keep something of every wait for as long as this goes on.
    const waiting = AbortSignal.any([signal, failing.signal])
    const leave = () => void this.#leave().catch(() => undefined)
    signal.addEventListener('abort', leave)
    try {
      await this.#join()
      const attending = this.#attend(AbortSignal.any([signal, over.signal]))
      attending.catch((error: unknown) => failing.abort(error))
      while (!signal.aborted) {
        failing.signal.throwIfAborted()
        const seen = this.#parts.bell.rings
        const batch = await this.#parts.read(() => this.#nextBatch())
        if (signal.aborted) return
        if (batch !== null) yield batch
        else await this.#parts.bell.past(seen, waiting, null)
      }
    } finally {
      over.abort()
      signal.removeEventListener('abort', leave)
      await this.#leave()
    }
  }

  /** Keeps what this member holds in line with the file, also while its caller takes time before it asks on. */
  async #attend(signal: AbortSignal): Promise<void> {
    const { read, bell } = this.#parts
    while (!signal.aborted) {
      const seen = bell.rings
      const rows = await read(() => this.#cursorRows())
      if (signal.aborted) return
      if (rows.length === 0) await this.#rejoinIfExpired()
      const own = rows.filter((row) => row.member_id === this.#memberId)
      const isMore = await read(() => this.#settle(own))
      if (isMore) bell.ring()
      await this.#letGo()
      this.#tell()
      await this.#claim(rows.filter((row) => row.member_id !== this.#memberId))
      await bell.past(seen, signal, this.#awaited.size > 0 ? IMPATIENT_POLL_MS : null)
    }
  }

  async #join(): Promise<void> {
    const topicIds = this.#topics.map((topic) => topic.id)
    this.#memberId = await this.#parts.presence.join(this.#reader, topicIds)
  }

  async #leave(): Promise<void> {
    const memberId = this.#memberId
    this.#memberId = null
    this.#holdings.clear()
    if (memberId !== null) await this.#parts.presence.leave(memberId)
  }

  /** Others took this process for dead because it stood still for a while: it starts over as a new member. */
  async #rejoinIfExpired(): Promise<void> {
    const memberId = this.#memberId
    if (memberId === null || (await this.#parts.read(() => this.#isMember(memberId)))) return
    await this.#leave()
    await this.#join()
  }

  #isMember(memberId: number): boolean {
    return this.#parts.sql.row('SELECT id FROM member WHERE id = ?', memberId) !== undefined
  }

  #cursorRows(): readonly CursorRow[] {
    return this.#parts.sql.rows<CursorRow>(
      `SELECT partition_id, next_offset, epoch, member_id, heir_id FROM cursor
       WHERE reader = ?1 AND (member_id = ?2 OR heir_id = ?2)`,
      ...[this.#reader, this.#memberId],
    )
  }

  /** Holds what the file says; true when that is more than before. */
  #settle(rows: readonly CursorRow[]): boolean {
    const held = new Set(rows.map((row) => row.partition_id))
    for (const id of this.#holdings.keys()) if (!held.has(id)) this.#holdings.delete(id)
    let isMore = false
    for (const { partition_id, next_offset, epoch, heir_id } of rows) {
      const known = this.#holdings.get(partition_id)
      const partition = this.#partitions.get(partition_id)
      const hasHeir = heir_id !== null
      if (known?.epoch === epoch) known.hasHeir = hasHeir
      else if (partition !== undefined) {
        const position = next_offset ?? this.#parts.reading.oldest(partition)
        this.#holdings.set(partition_id, { partition, epoch, position, isOut: false, hasHeir })
        isMore = true
      }
    }
    return isMore
  }

  #tell(): void {
    const held = [...this.#holdings.keys()].toSorted((one, other) => one - other).join()
    if (held === this.#told) return
    this.#told = held
    const places = [...this.#holdings.values()].map(({ partition }) => partition)
    this.#parts.onShare?.(places.map(({ topic, number }) => ({ topic: topic.name, partition: number })))
  }

  async #letGo(): Promise<void> {
    for (const { partition, epoch, hasHeir, isOut } of [...this.#holdings.values()]) {
      if (!hasHeir || isOut) continue
      this.#holdings.delete(partition.id)
      await this.#handOver(partition.id, epoch)
    }
  }

  /** Takes what this member is heir to once the holder has had its time; the holder's commit is refused from then on. */
  async #claim(rows: readonly CursorRow[]): Promise<void> {
    const nowMs = performance.now()
    const awaited = new Set(rows.map((row) => row.partition_id))
    for (const id of this.#awaited.keys()) if (!awaited.has(id)) this.#awaited.delete(id)
    for (const { partition_id, epoch } of rows) {
      const known = this.#awaited.get(partition_id)
      if (known?.epoch !== epoch) this.#awaited.set(partition_id, { epoch, sinceMs: nowMs })
      else if (nowMs - known.sinceMs > PATIENCE_MS) await this.#handOver(partition_id, epoch)
    }
  }

  async #handOver(partitionId: number, epoch: number): Promise<void> {
    await this.#parts.scribe.ask('handOver', { reader: this.#reader, partitionId, epoch })
  }

  /** Partitions take turns, so that a full one does not starve the others. */
  #nextBatch(): LogBatch | null {
    const { bell, reading } = this.#parts
    if (bell.rings > this.#endsRings) this.#ends = reading.ends(this.#topics)
    this.#endsRings = bell.rings
    for (const [id, holding] of this.#holdings) {
      if (holding.isOut || holding.position >= (this.#ends.get(id) ?? 0)) continue
      const records = reading.unbroken(holding.partition, holding.position)
      const last = records.at(-1)
      if (last === undefined) continue
      this.#holdings.delete(id)
      this.#holdings.set(id, holding)
      holding.isOut = true
      return this.#batch(holding, records, last.offset + 1)
    }
    return null
  }

  #batch(holding: Holding, records: readonly StoredRecord[], nextOffset: number): LogBatch {
    const { topic, number, id } = holding.partition
    const next = { topic: topic.name, topicId: topic.incarnation, partition: number, offset: nextOffset }
    const commit = async (also: readonly LogRecord[]) => {
      const load = this.#parts.pack(also)
      const place = { reader: this.#reader, partitionId: id, epoch: holding.epoch }
      const isHandedOver = await this.#parts.scribe.ask('commit', { ...place, nextOffset, load }, [load.bytes.buffer])
      holding.position = nextOffset
      // A partition that went to its heir stays out: it is not this member's to read any more.
      holding.isOut = isHandedOver
      this.#parts.bell.ring()
    }
    let done: Promise<void> | null = null
    return {
      from: holding.position,
      records,
      next,
      commit: async (also = []) => {
        done ??= commit(also)
        // What failed may be tried again; what succeeded must not be done twice.
        await done.catch((error: unknown) => {
          done = null
          throw error
        })
      },
    }
  }
}
