// Fetches what a member holds, from all leaders at once, as far ahead as its holdings have room.

import { MillraceError } from '../../core/errors.ts'
import { Cluster } from './cluster.ts'
import { committedRecords } from './committed.ts'
import { type Fetched, fetchRequest, readFetched } from './fetch-protocol.ts'
import type { Holding } from './holding.ts'
import { CODE, expectNone, isLeaderMoving, refusal } from './kafka-error.ts'
import type { KafkaSettings } from './kafka-settings.ts'
import { historyGone } from './partition-reading.ts'
import { Patience } from './patience.ts'
import { placeKey } from './place.ts'

export interface FetcherOptions {
  readonly settings: KafkaSettings
  /** What is held at the moment. */
  readonly holdings: ReadonlyMap<string, Holding>
  /** How long brokers may be away. */
  readonly patienceMs: number
  readonly onFetched: () => void
  readonly onFault: (fault: unknown) => void
}

/** A partition that has no room is not asked for; so that it soon is again, the broker may wait only briefly. */
const WAIT_MS = { usual: 100, whileFull: 10 }
const BYTES_MAX = { placeBytesMax: 1024 * 1024, bytesMax: 4 * 1024 * 1024 }

export class Fetcher {
  readonly #options: FetcherOptions
  readonly #cluster: Cluster
  /** Leaders that are being asked. */
  readonly #busy = new Set<number>()
  #patience: Patience
  #isClosed = false
  #round: 'none' | 'running' | 'again' = 'none'

  constructor(options: FetcherOptions) {
    this.#options = options
    this.#cluster = new Cluster(options.settings)
    this.#patience = new Patience(options.patienceMs)
  }

  close(): void {
    this.#isClosed = true
    this.#cluster.close()
  }

  /** Asks every leader that is not being asked already; to be called whenever there may be more room. */
  pump(): void {
    if (this.#isClosed) return
    if (this.#round === 'none') void this.#rounds()
    else this.#round = 'again'
  }

  async #rounds(): Promise<void> {
    do {
      this.#round = 'running'
      try {
        for (const [leader, held] of await this.#byLeader()) {
          if (!this.#busy.has(leader)) void this.#ask(leader, held)
        }
      } catch (fault) {
        await this.#endure(fault)
        this.#round = 'again'
      }
    } while (this.#isAgain())
    this.#round = 'none'
  }

  #isAgain(): boolean {
    return this.#round === 'again' && !this.#isClosed
  }

  async #byLeader(): Promise<ReadonlyMap<number, Holding[]>> {
    const leaders = new Map<number, Holding[]>()
    for (const holding of this.#options.holdings.values()) {
      const { topic, partition } = holding.place
      const metadata = await this.#cluster.topic(topic)
      if (metadata.topicId !== holding.topicId)
        throw new MillraceError('TOPIC_UNKNOWN', `the topic ${topic} was deleted and made again`)
      const leader = metadata.leaders[partition] ?? -1
      if (leader < 0) {
        this.#cluster.forgetTopic(topic)
        throw refusal(CODE.LEADER_NOT_AVAILABLE, `read ${placeKey(holding.place)}`)
      }
      leaders.set(leader, [...(leaders.get(leader) ?? []), holding])
    }
    return leaders
  }

  async #ask(leader: number, held: readonly Holding[]): Promise<void> {
    const wanted = held.filter((holding) => !holding.isFull)
    if (wanted.length === 0 || this.#isClosed) return
    this.#busy.add(leader)
    try {
      const waitMs = wanted.length < held.length ? WAIT_MS.whileFull : WAIT_MS.usual
      const places = wanted.map(({ place, position }) => ({ ...place, offset: position }))
      const request = fetchRequest(places, { waitMs, ...BYTES_MAX })
      const { code, places: fetched } = readFetched(await this.#cluster.sendToNode(leader, request))
      expectNone(code, 'read')
      const asked = new Map(wanted.map((holding) => [placeKey(holding.place), holding]))
      for (const one of fetched) {
        const holding = asked.get(placeKey(one))
        if (holding !== undefined && !holding.isLost) this.#take(holding, one)
      }
      this.#patience = new Patience(this.#options.patienceMs)
      this.#options.onFetched()
    } catch (fault) {
      await this.#endure(fault)
    } finally {
      this.#busy.delete(leader)
      this.pump()
    }
  }

  #take(holding: Holding, fetched: Fetched): void {
    const { code, topic, oldest, bytes } = fetched
    if (code === CODE.OFFSET_OUT_OF_RANGE) {
      // Retention may run on before a reader has begun; what a reader had not read yet must not go.
      if (holding.committed !== null) throw historyGone({ ...holding.place, offset: holding.position }, oldest)
      holding.restart(oldest)
    } else if (code === CODE.NONE) holding.add(committedRecords(fetched, holding.position), bytes.length)
    else {
      this.#cluster.forgetTopic(topic)
      if (!isLeaderMoving(code)) throw refusal(code, `read ${placeKey(fetched)}`)
      throw new MillraceError('KAFKA_UNAVAILABLE', `the leader of ${placeKey(fetched)} moves`)
    }
  }

  async #endure(fault: unknown): Promise<void> {
    if (this.#isClosed) return
    try {
      if (!isPassing(fault)) throw fault
      await this.#patience.pause(() => fault)
    } catch (last) {
      this.#isClosed = true
      this.#options.onFault(last)
    }
  }
}

/** Whether it may mend itself while the member stays in its group. */
export function isPassing(fault: unknown): fault is MillraceError {
  return fault instanceof MillraceError && (fault.code === 'KAFKA_UNREACHABLE' || fault.code === 'KAFKA_UNAVAILABLE')
}
