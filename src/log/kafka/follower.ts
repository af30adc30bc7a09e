// One member of a reader. It stays in its group, fetches what it holds a little ahead, and hands out batches. Brokers
// may be away as long as its group waits for it; after that the iteration throws, and whoever follows again starts anew.

import { setTimeout as sleep } from 'node:timers/promises'
import { MillraceError } from '../../core/errors.ts'
import type { FollowOptions, LogBatch, LogRecord } from '../log.ts'
import { Cluster } from './cluster.ts'
import { CursorCommit } from './cursor-commit.ts'
import { OLDEST } from './fetch-protocol.ts'
import { Fetcher, isPassing } from './fetcher.ts'
import { GroupMember, type Share } from './group-member.ts'
import { committedOffsets } from './group-offsets.ts'
import { Holding } from './holding.ts'
import type { KafkaSettings } from './kafka-settings.ts'
import { searchOffsets } from './offset-search.ts'
import { Patience } from './patience.ts'
import { type Place, placeKey } from './place.ts'

/** The least that brokers allow by default. A member that died holds its partitions for so long. */
const SESSION_TIMEOUT_MS = 6_000
/** Also how soon a member sees that another one came or went. */
const HEARTBEAT_MS = 200
/** How long a batch that is out holds up a member that comes or goes: after that, whoever gets the partition repeats it. */
const GRACE_MS = 100
const SETTLE_POLL_MS = 5
const LEAVE_TIMEOUT_MS = 1_000

export interface FollowerOptions {
  readonly reader: string
  readonly topics: readonly string[]
  readonly settings: KafkaSettings
  /** Shared by all followers that one log opens for the reader, see GroupMemberOptions. */
  readonly ghosts: Set<string>
  readonly onShare: FollowOptions['onShare']
}

type Joining = 'no' | 'soon' | 'now'

export class Follower {
  readonly #reader: string
  readonly #topics: readonly string[]
  readonly #holdings = new Map<string, Holding>()
  readonly #group: Cluster
  readonly #append: Cluster
  readonly #member: GroupMember
  readonly #cursors: CursorCommit
  readonly #fetcher: Fetcher
  readonly #onShare: FollowerOptions['onShare']
  #stopping: Promise<void> | null = null
  #fault: { readonly error: unknown } | null = null
  #change = Promise.withResolvers<void>()
  #heartbeat = Promise.withResolvers<void>()
  /** Those on their way to the broker: leaving waits for them, so that it is known what became of them. */
  readonly #commits = new Set<Promise<void>>()
  /** While the group is shared out anew: nothing is handed out, and in the end nothing is committed. */
  #joining: Joining = 'no'

  constructor({ reader, topics, settings, ghosts, onShare }: FollowerOptions) {
    this.#onShare = onShare
    this.#reader = reader
    this.#topics = topics
    this.#group = new Cluster(settings)
    this.#append = new Cluster(settings)
    this.#member = new GroupMember(this.#group, { group: reader, topics, sessionTimeoutMs: SESSION_TIMEOUT_MS, ghosts })
    this.#cursors = new CursorCommit({
      reader,
      group: this.#group,
      append: this.#append,
      compression: settings.compression,
    })
    this.#fetcher = new Fetcher({
      settings,
      holdings: this.#holdings,
      patienceMs: SESSION_TIMEOUT_MS,
      onFetched: () => this.#changed(),
      onFault: (fault) => this.#fail(fault),
    })
  }

  async *batches(signal: AbortSignal): AsyncGenerator<LogBatch, void, undefined> {
    const stop = () => void this.#stop()
    signal.addEventListener('abort', stop)
    try {
      for (const topic of this.#topics) await this.#group.topic(topic)
      this.#stay().catch((error: unknown) => this.#fail(error))
      while (this.#stopping === null) {
        const { promise: change } = this.#change
        if (this.#fault !== null) throw this.#fault.error
        const batch = this.#nextBatch()
        if (batch === null) await change
        else yield batch
      }
    } catch (error) {
      // Stopping cuts connections off; what then fails is no fault.
      if (this.#stopping === null) throw error
    } finally {
      signal.removeEventListener('abort', stop)
      await this.#stop()
    }
  }

  /** Partitions take turns, so that a full one does not starve the others. */
  #nextBatch(): LogBatch | null {
    if (this.#joining !== 'no') return null
    for (const [key, holding] of this.#holdings) {
      if (!holding.isReady) continue
      this.#holdings.delete(key)
      this.#holdings.set(key, holding)
      const { from, records, next } = holding.take()
      this.#fetcher.pump()
      let done: Promise<void> | null = null
      return {
        from,
        records,
        next: { ...holding.place, topicId: holding.topicId, offset: next },
        commit: async (also = []) => {
          done ??= this.#commit(holding, next, also)
          // A commit that failed may be tried again; one that was made must not move the cursor back later.
          await done.catch((error: unknown) => {
            done = null
            throw error
          })
        },
      }
    }
    return null
  }

  async #commit(holding: Holding, offset: number, also: readonly LogRecord[]): Promise<void> {
    for (const patience = new Patience(SESSION_TIMEOUT_MS); ; ) {
      while (this.#joining === 'now' && this.#stopping === null) await this.#change.promise
      if (holding.isLost) throw cursorLost(this.#reader, holding.place)
      const commit = this.#commitOnce(holding, offset, also)
      this.#commits.add(commit)
      try {
        await commit
        break
      } catch (error) {
        holding.isInDoubt = true
        if (!(error instanceof MillraceError) || this.#stopping !== null) throw error
        if (error.code === 'LOG_CURSOR_LOST') this.#joinSoon()
        else if (!isPassing(error)) throw error
        await patience.pause(() => error)
      } finally {
        this.#commits.delete(commit)
      }
    }
    holding.isOut = false
    holding.isInDoubt = false
    holding.committed = offset
    this.#changed()
  }

  async #commitOnce(holding: Holding, offset: number, also: readonly LogRecord[]): Promise<void> {
    // Taken now: a membership that is gained later says nothing of the partition that is held now.
    const { membership } = this.#member
    const at = { ...holding.place, offset }
    if (!holding.isInDoubt || also.length === 0) return this.#cursors.commit(membership, at, also)
    await this.#cursors.takeOver(holding.place)
    const [standing] = await this.#standings([holding.place])
    await this.#cursors.commit(membership, at, (standing ?? 0) >= offset ? [] : also)
  }

  /** Where the reader stands; settles transactions that would change it. */
  #standings(places: readonly Place[]): Promise<readonly (number | null)[]> {
    const takeOver = (place: Place) => this.#cursors.takeOver(place)
    return committedOffsets(this.#group, { group: this.#reader, takeOver }, places)
  }

  async #stay(): Promise<void> {
    this.#joining = 'soon'
    for (let patience = new Patience(SESSION_TIMEOUT_MS); this.#stopping === null; ) {
      try {
        if (this.#mustJoin()) await this.#join()
        else if (!(await this.#member.isInPeace())) this.#joining = 'soon'
        else await this.#moveOn()
        patience = new Patience(SESSION_TIMEOUT_MS)
      } catch (error) {
        if (!isPassing(error)) throw error
        await patience.pause(() => error)
      }
      if (!this.#mustJoin()) await this.#pause(HEARTBEAT_MS)
    }
  }

  /** The group was shared out anew: the next join tells which partitions are still ours. */
  #joinSoon(): void {
    if (this.#joining === 'no') this.#joining = 'soon'
    this.#heartbeat.resolve()
  }

  #mustJoin(): boolean {
    return this.#joining === 'soon'
  }

  async #join(): Promise<void> {
    await this.#settle()
    this.#joining = 'now'
    let after: Joining = 'soon'
    try {
      await this.#take(await this.#member.join())
      after = 'no'
    } finally {
      this.#joining = after
      this.#changed()
      this.#fetcher.pump()
    }
  }

  async #settle(): Promise<void> {
    const graceEndsMs = performance.now() + GRACE_MS
    const isOut = () => [...this.#holdings.values()].some((holding) => holding.isOut)
    while (isOut() && performance.now() < graceEndsMs) await sleep(SETTLE_POLL_MS)
  }

  async #take({ places, isContinued }: Share): Promise<void> {
    const kept = new Set(isContinued ? places.map(placeKey) : [])
    for (const [key, holding] of this.#holdings) {
      if (kept.has(key)) continue
      holding.isLost = true
      this.#holdings.delete(key)
    }
    const gained = places.filter((place) => !this.#holdings.has(placeKey(place)))
    const committed = await this.#standings(gained)
    const oldest = new Map<string, readonly number[]>()
    for (const topic of new Set(gained.map((place) => place.topic)))
      oldest.set(topic, await searchOffsets(this.#group, topic, OLDEST))
    for (const [index, place] of gained.entries()) {
      const from = committed[index] ?? null
      const position = from ?? oldest.get(place.topic)?.[place.partition] ?? 0
      const { topicId } = await this.#group.topic(place.topic)
      this.#holdings.set(placeKey(place), new Holding(place, topicId, { committed: from, position }))
    }
    this.#onShare?.([...this.#holdings.values()].map(({ place }) => place))
  }

  /** Moves cursors over what is nobody's to read, so that retention may take it and the lag comes to nothing. */
  async #moveOn(): Promise<void> {
    const moving = [...this.#holdings.values()].filter((holding) => holding.isBehind)
    if (moving.length === 0) return
    for (const holding of moving) holding.isOut = true
    const offsets = moving.map(({ place, position }) => ({ ...place, offset: position }))
    try {
      await this.#cursors.move(this.#member.membership, offsets)
      for (const [index, holding] of moving.entries()) holding.committed = offsets[index]?.offset ?? null
    } catch (error) {
      if (!(error instanceof MillraceError) || error.code !== 'LOG_CURSOR_LOST') throw error
    } finally {
      for (const holding of moving) holding.isOut = false
      this.#changed()
    }
  }

  async #pause(ms: number): Promise<void> {
    const timer = setTimeout(() => this.#heartbeat.resolve(), ms)
    await this.#heartbeat.promise
    clearTimeout(timer)
    this.#heartbeat = Promise.withResolvers()
  }

  #changed(): void {
    this.#change.resolve()
    this.#change = Promise.withResolvers()
  }

  #fail(error: unknown): void {
    this.#fault ??= { error }
    this.#changed()
  }

  #stop(): Promise<void> {
    this.#stopping ??= this.#leave()
    return this.#stopping
  }

  async #leave(): Promise<void> {
    for (const holding of this.#holdings.values()) holding.isLost = true
    this.#fetcher.close()
    this.#heartbeat.resolve()
    queueMicrotask(() => this.#changed())
    // Where no broker answers there is nothing to leave: the group notices by itself.
    const timer = setTimeout(() => this.#disconnect(), LEAVE_TIMEOUT_MS)
    await Promise.allSettled(this.#commits)
    await this.#member.leave(this.#append).catch(() => {})
    clearTimeout(timer)
    this.#disconnect()
  }

  #disconnect(): void {
    this.#append.close()
    this.#group.close()
  }
}

function cursorLost(reader: string, place: Place): MillraceError {
  return new MillraceError('LOG_CURSOR_LOST', `${placeKey(place)} is no longer this member's to read as ${reader}`)
}
