// One transactional id and its transactions, one after the other. A transaction is begun, filled and committed in one
// call; after an error nothing is known of it, and the producer is done for: whoever opens the id again aborts it.

import { MillraceError } from '../../core/errors.ts'
import type { LogRecord } from '../log.ts'
import { BatchSender } from './batch-sender.ts'
import type { KafkaRequest } from './broker-connection.ts'
import { type Cluster, ELECTION_PATIENCE_MS } from './cluster.ts'
import type { Compression } from './compression.ts'
import { CODE, isCoordinatorMoving, isFenced, refusal } from './kafka-error.ts'
import { parcelsOf } from './parcels.ts'
import { Patience } from './patience.ts'
import type { Place } from './place.ts'
import {
  addOffsetsRequest,
  addPartitionsRequest,
  commitOffsetsRequest,
  endTransactionRequest,
  initProducerRequest,
  type Membership,
  type Owner,
  type PlaceOffset,
  readAddPartitions,
  readCommitOffsets,
  readInitProducer,
  readThrottledCode,
} from './transaction-protocol.ts'
import type { WireReader } from './wire-reader.ts'

export interface ProducerOptions {
  readonly transactionalId: string
  readonly compression: Compression
}

/** Offsets of a group that are committed with the records, or not at all. */
export interface OffsetsWith {
  readonly member: Membership
  readonly offsets: readonly PlaceOffset[]
}

/** The cluster aborts a transaction that is open for longer: its writer is dead. Until then readers wait behind it. */
const TRANSACTION_TIMEOUT_MS = 20_000

const NOT_ATTEMPTED = 55

export class TransactionalProducer {
  readonly #cluster: Cluster
  readonly #owner: Owner
  readonly #sender: BatchSender
  #startedMs = 0
  #isOver = false

  private constructor(cluster: Cluster, owner: Owner, compression: Compression) {
    this.#cluster = cluster
    this.#owner = owner
    this.#sender = new BatchSender(cluster, owner, compression)
  }

  /** Fences every older producer of the id, and returns when what it left open has been aborted. */
  static async open(cluster: Cluster, options: ProducerOptions): Promise<TransactionalProducer> {
    const { transactionalId, compression } = options
    for (const patience = new Patience(TRANSACTION_TIMEOUT_MS); ; ) {
      const request = initProducerRequest(transactionalId, TRANSACTION_TIMEOUT_MS)
      const answer = await cluster.sendToCoordinator('transaction', transactionalId, request)
      const { code, producer } = readInitProducer(answer)
      if (code === CODE.NONE) return new TransactionalProducer(cluster, { transactionalId, producer }, compression)
      const refused = () => refusal(code, `open the writer ${transactionalId}`)
      // Another one opened this id in the same moment; whoever asks last is to have it.
      const isRaced = isFenced(code) || code === CODE.CONCURRENT_TRANSACTIONS
      if (isCoordinatorMoving(code)) cluster.forgetCoordinator('transaction', transactionalId)
      else if (!isRaced) throw refused()
      await patience.pause(refused)
    }
  }

  async commit(records: readonly LogRecord[], also?: OffsetsWith): Promise<void> {
    if (this.#isOver) throw new MillraceError('KAFKA_UNAVAILABLE', `${this.#name} was given up after an error`)
    const parcels = parcelsOf(records, await this.#partitions(records))
    this.#startedMs = performance.now()
    try {
      if (also !== undefined) await this.#addOffsets(also)
      await this.#addPartitions(parcels.flatMap((ofPlace) => ofPlace.slice(0, 1)))
      await this.#sender.send(parcels, (code, doing, detail) => this.#refusal(code, doing, detail))
      await this.#end(true)
    } catch (error) {
      this.#isOver = true
      // Else readers would wait behind it until it times out. Where even that fails, they have to.
      if (isAnswered(error)) await this.#end(false).catch(() => {})
      throw error
    }
  }

  get #name(): string {
    return `the writer ${this.#owner.transactionalId}`
  }

  async #partitions(records: readonly LogRecord[]): Promise<ReadonlyMap<string, number>> {
    const partitions = new Map<string, number>()
    for (const { topic } of records) {
      if (!partitions.has(topic)) partitions.set(topic, (await this.#cluster.topic(topic)).leaders.length)
    }
    return partitions
  }

  async #addPartitions(places: readonly Place[]): Promise<void> {
    if (places.length === 0) return
    await this.#coordinate(addPartitionsRequest(this.#owner, places), 'begin a transaction', (answer) => {
      const codes = readAddPartitions(answer).map((place) => place.code)
      return codes.find((code) => code !== CODE.NONE && code !== NOT_ATTEMPTED) ?? CODE.NONE
    })
  }

  async #addOffsets({ member, offsets }: OffsetsWith): Promise<void> {
    await this.#coordinate(addOffsetsRequest(this.#owner, member.group), 'begin a transaction', readThrottledCode)
    for (const patience = new Patience(ELECTION_PATIENCE_MS); ; ) {
      const request = commitOffsetsRequest(this.#owner, member, offsets)
      const answer = await this.#cluster.sendToCoordinator('group', member.group, request)
      const code = readCommitOffsets(answer).find((place) => place.code !== CODE.NONE)?.code ?? CODE.NONE
      if (code === CODE.NONE) return
      const refused = () => this.#refusal(code, `commit the cursor of ${member.group}`)
      if (!isCoordinatorMoving(code)) throw refused()
      this.#cluster.forgetCoordinator('group', member.group)
      await patience.pause(refused)
    }
  }

  async #end(isCommit: boolean): Promise<void> {
    const request = endTransactionRequest(this.#owner, isCommit)
    await this.#coordinate(request, isCommit ? 'commit a transaction' : 'abort a transaction', readThrottledCode)
  }

  /** Asks the transaction's coordinator until it neither moves nor still ends the transaction before. */
  async #coordinate(request: KafkaRequest, doing: string, read: (answer: WireReader) => number): Promise<void> {
    const { transactionalId } = this.#owner
    for (const patience = new Patience(ELECTION_PATIENCE_MS); ; ) {
      const code = read(await this.#cluster.sendToCoordinator('transaction', transactionalId, request))
      if (code === CODE.NONE) return
      const refused = () => this.#refusal(code, `${doing} of ${transactionalId}`)
      if (isCoordinatorMoving(code)) this.#cluster.forgetCoordinator('transaction', transactionalId)
      else if (code !== CODE.CONCURRENT_TRANSACTIONS && code !== CODE.UNKNOWN_TOPIC_OR_PARTITION) throw refused()
      await patience.pause(refused)
    }
  }

  /** A fenced producer is one whose transaction timed out, too: then there is no other that has taken its place. */
  #refusal(code: number, doing: string, detail: string | null = null): MillraceError {
    const isTimedOut = isFenced(code) && performance.now() - this.#startedMs >= TRANSACTION_TIMEOUT_MS
    if (!isTimedOut) return refusal(code, doing, detail)
    return new MillraceError('KAFKA_UNAVAILABLE', `${this.#name} took too long over a transaction and lost it`)
  }
}

/** Whether the cluster has spoken, so that it will listen once more. */
function isAnswered(error: unknown): boolean {
  return error instanceof MillraceError && error.code !== 'KAFKA_UNREACHABLE' && error.code !== 'LOG_FENCED'
}
