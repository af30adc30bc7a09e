// Commits the cursor of a partition: alone, or in one transaction with the records that a batch leaves behind. Either
// way the group's coordinator refuses it from a member that the group has gone on without.

import { MillraceError } from '../../core/errors.ts'
import type { LogRecord } from '../log.ts'
import { type Cluster, ELECTION_PATIENCE_MS } from './cluster.ts'
import type { Compression } from './compression.ts'
import { offsetCommitRequest, readOffsetCommit } from './group-protocol.ts'
import { CODE, isCoordinatorMoving, refusal } from './kafka-error.ts'
import { Patience } from './patience.ts'
import { type Place, placeKey } from './place.ts'
import type { Membership, PlaceOffset } from './transaction-protocol.ts'
import { TransactionalProducer } from './transactional-producer.ts'

export interface CursorCommitOptions {
  readonly reader: string
  readonly group: Cluster
  /** For transactions: on the group's own connection they could wait behind a join. */
  readonly append: Cluster
  readonly compression: Compression
}

export class CursorCommit {
  readonly #options: CursorCommitOptions
  /** One for each partition, so that partitions commit side by side, and a new holder ends what the last left open. */
  readonly #producers = new Map<string, Promise<TransactionalProducer>>()

  constructor(options: CursorCommitOptions) {
    this.#options = options
  }

  /** Throws LOG_CURSOR_LOST when the group no longer knows this membership. */
  async commit(member: Membership, at: PlaceOffset, also: readonly LogRecord[]): Promise<void> {
    if (also.length === 0) await this.move(member, [at])
    else await this.#commitWith(member, at, also)
  }

  async move(member: Membership, offsets: readonly PlaceOffset[]): Promise<void> {
    const { reader, group } = this.#options
    checkMember(member)
    for (const patience = new Patience(ELECTION_PATIENCE_MS); ; ) {
      const answer = await group.sendToCoordinator('group', reader, offsetCommitRequest(member, offsets))
      const code = readOffsetCommit(answer).find((place) => place.code !== CODE.NONE)?.code ?? CODE.NONE
      if (code === CODE.NONE) return
      const refused = () => refusal(code, `commit the cursor of ${reader}`)
      if (!isCoordinatorMoving(code)) throw refused()
      group.forgetCoordinator('group', reader)
      await patience.pause(refused)
    }
  }

  /** Ends the transaction that another holder of the partition left open. */
  async takeOver(place: Place): Promise<void> {
    this.#producers.delete(placeKey(place))
    await this.#producer(place)
  }

  async #commitWith(member: Membership, at: PlaceOffset, also: readonly LogRecord[]): Promise<void> {
    checkMember(member)
    try {
      await (await this.#producer(at)).commit(also, { member, offsets: [at] })
    } catch (error) {
      this.#producers.delete(placeKey(at))
      const isFenced = error instanceof MillraceError && error.code === 'LOG_FENCED'
      throw isFenced ? new MillraceError('LOG_CURSOR_LOST', error.message, { cause: error }) : error
    }
  }

  #producer(place: Place): Promise<TransactionalProducer> {
    const { reader, append, compression } = this.#options
    const key = placeKey(place)
    const known = this.#producers.get(key)
    if (known !== undefined) return known
    const opening = TransactionalProducer.open(append, { transactionalId: `${reader}/${key}`, compression })
    this.#producers.set(key, opening)
    return opening
  }
}

/** Brokers take a commit without a generation for one of a program that belongs to no group, and let it pass. */
function checkMember({ group, generation }: Membership): void {
  if (generation < 0) throw new MillraceError('LOG_CURSOR_LOST', `this member of ${group} holds nothing just now`)
}
