// Sends records to the leaders of their partitions, as one producer: numbered, so that a batch that is sent again is
// stored once.

import type { MillraceError } from '../../core/errors.ts'
import { type Cluster, ELECTION_PATIENCE_MS } from './cluster.ts'
import type { Compression } from './compression.ts'
import { CODE, isLeaderMoving } from './kafka-error.ts'
import type { Parcel } from './parcels.ts'
import { Patience } from './patience.ts'
import { placeKey } from './place.ts'
import { type PlaceBatch, produceRequest, readProduced } from './produce-protocol.ts'
import { encodeBatch } from './record-batch.ts'
import type { Owner } from './transaction-protocol.ts'

export type Refusal = (code: number, doing: string, detail: string | null) => MillraceError

interface Round {
  /** What was not taken yet. */
  readonly left: readonly PlaceBatch[]
  /** Why, unless it only did not fit into the request. */
  readonly reason: MillraceError | null
}

const REQUEST_BYTES_MAX = 8 * 1024 * 1024
const SEQUENCES = 2 ** 31

export class BatchSender {
  readonly #cluster: Cluster
  readonly #owner: Owner
  readonly #compression: Compression
  readonly #sequences = new Map<string, number>()

  constructor(cluster: Cluster, owner: Owner, compression: Compression) {
    this.#cluster = cluster
    this.#owner = owner
    this.#compression = compression
  }

  /** One batch of each partition at a time; the next ones when all of these have been taken. */
  async send(parcels: readonly (readonly Parcel[])[], refusal: Refusal): Promise<void> {
    const rounds = Math.max(0, ...parcels.map((ofPlace) => ofPlace.length))
    for (let round = 0; round < rounds; round++) {
      let batches = await this.#encode(parcels.flatMap((ofPlace) => ofPlace[round] ?? []))
      for (const patience = new Patience(ELECTION_PATIENCE_MS); batches.length > 0; ) {
        const { left, reason } = await this.#sendRound(batches, refusal)
        if (reason !== null) await patience.pause(() => reason)
        batches = left
      }
    }
  }

  async #encode(parcels: readonly Parcel[]): Promise<readonly PlaceBatch[]> {
    const nowMs = Date.now()
    const batches: PlaceBatch[] = []
    for (const parcel of parcels) {
      const { topic, partition, records } = parcel
      const key = placeKey(parcel)
      const sequence = this.#sequences.get(key) ?? 0
      const options = { producer: this.#owner.producer, sequence, compression: this.#compression, nowMs }
      batches.push({ topic, partition, batch: await encodeBatch(records, options) })
      this.#sequences.set(key, (sequence + records.length) % SEQUENCES)
    }
    return batches
  }

  async #sendRound(batches: readonly PlaceBatch[], refusal: Refusal): Promise<Round> {
    const leaders = new Map<number, PlaceBatch[]>()
    for (const batch of batches) {
      const leader = (await this.#cluster.topic(batch.topic)).leaders[batch.partition] ?? -1
      const ofLeader = leaders.get(leader)
      if (ofLeader === undefined) leaders.set(leader, [batch])
      else ofLeader.push(batch)
    }
    const rounds = await Promise.all(
      [...leaders].map(([leader, ofLeader]) => this.#sendToLeader(leader, ofLeader, refusal)),
    )
    return {
      left: rounds.flatMap(({ left }) => left),
      reason: rounds.find(({ reason }) => reason !== null)?.reason ?? null,
    }
  }

  async #sendToLeader(leader: number, batches: readonly PlaceBatch[], refusal: Refusal): Promise<Round> {
    if (leader < 0) return this.#moving(batches, refusal(CODE.LEADER_NOT_AVAILABLE, 'append', null))
    const count = fitting(batches)
    const request = produceRequest(this.#owner.transactionalId, batches.slice(0, count))
    const left = batches.slice(count)
    let reason: MillraceError | null = null
    for (const produced of readProduced(await this.#cluster.sendToNode(leader, request))) {
      const { code, topic, partition, detail } = produced
      if (code === CODE.NONE || code === CODE.DUPLICATE_SEQUENCE) continue
      reason = refusal(code, `append to ${placeKey(produced)}`, detail)
      if (!isLeaderMoving(code)) throw reason
      left.push(...batches.filter((batch) => batch.topic === topic && batch.partition === partition))
    }
    return reason === null ? { left, reason } : this.#moving(left, reason)
  }

  #moving(left: readonly PlaceBatch[], reason: MillraceError): Round {
    for (const { topic } of left) this.#cluster.forgetTopic(topic)
    return { left, reason }
  }
}

function fitting(batches: readonly PlaceBatch[]): number {
  let bytes = 0
  const cut = batches.findIndex(({ batch }) => {
    bytes += batch.length
    return bytes > REQUEST_BYTES_MAX
  })
  return cut < 0 ? batches.length : Math.max(1, cut)
}
