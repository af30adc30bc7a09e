// One member of a consumer group: joins, is given partitions, shows that it lives, leaves.

import type { MillraceError } from '../../core/errors.ts'
import type { KafkaRequest } from './broker-connection.ts'
import { type Cluster, ELECTION_PATIENCE_MS } from './cluster.ts'
import {
  heartbeatRequest,
  type Joined,
  joinRequest,
  leaveRequest,
  readJoined,
  readSynced,
  syncRequest,
} from './group-protocol.ts'
import { CODE, isCoordinatorMoving, refusal } from './kafka-error.ts'
import { Patience } from './patience.ts'
import type { Place } from './place.ts'
import { shareOut } from './shares.ts'
import { decodeShare, decodeSubscription, encodeShare, encodeSubscription } from './subscription.ts'
import { type Membership, readThrottledCode } from './transaction-protocol.ts'
import type { WireReader } from './wire-reader.ts'

export interface Share {
  readonly places: readonly Place[]
  /** Nobody else can have held any of these since this member was last given its share. */
  readonly isContinued: boolean
}

export interface GroupMemberOptions {
  readonly group: string
  readonly topics: readonly string[]
  readonly sessionTimeoutMs: number
  /** Members of this process that could not leave: the group would go on waiting for them until their session ends. */
  readonly ghosts: Set<string>
}

/** How partitions are shared out; a member with another way could not join. */
const PROTOCOL = 'millrace'
const REBALANCE_TIMEOUT_MS = 10_000
const NO_GENERATION = -1

export class GroupMember {
  readonly #cluster: Cluster
  readonly #options: GroupMemberOptions
  #memberId = ''
  #generation = NO_GENERATION
  #holds: readonly Place[] = []

  constructor(cluster: Cluster, options: GroupMemberOptions) {
    this.#cluster = cluster
    this.#options = options
  }

  get membership(): Membership {
    return { group: this.#options.group, generation: this.#generation, memberId: this.#memberId }
  }

  /** Joins, or joins again when the group is being shared out anew; returns this member's share. */
  async join(): Promise<Share> {
    await this.#dismissGhosts()
    const before = this.#generation
    for (const patience = new Patience(REBALANCE_TIMEOUT_MS + ELECTION_PATIENCE_MS); ; ) {
      const joined = readJoined(await this.#send(this.#joinRequest()))
      const code = joined.code === CODE.NONE ? await this.#sync(joined) : joined.code
      if (code === CODE.NONE) {
        const isContinued = before !== NO_GENERATION && this.#generation === before + 1
        return { places: this.#holds, isContinued }
      }
      if (code === CODE.MEMBER_ID_REQUIRED) this.#memberId = joined.memberId
      else await this.#overcome(code, 'join', patience)
    }
  }

  /** False when the group is being shared out anew and this member has to join again. */
  async isInPeace(): Promise<boolean> {
    const code = readThrottledCode(await this.#send(heartbeatRequest(this.membership)))
    if (code === CODE.NONE) return true
    if (isCoordinatorMoving(code)) this.#forgetCoordinator()
    else if (code === CODE.UNKNOWN_MEMBER_ID || code === CODE.ILLEGAL_GENERATION) this.disown()
    else if (code !== CODE.REBALANCE_IN_PROGRESS) throw this.#refusal(code, 'stay in')
    return isCoordinatorMoving(code)
  }

  /** The group went on without this member, which holds nothing any more. */
  disown(): void {
    this.#generation = NO_GENERATION
    this.#holds = []
  }

  /** Over another connection, since a join may be waiting on this member's own. */
  async leave(over: Cluster): Promise<void> {
    if (this.#memberId === '') return
    const { group, ghosts } = this.#options
    ghosts.add(this.#memberId)
    await over.sendToCoordinator('group', group, leaveRequest(group, [this.#memberId]))
    ghosts.delete(this.#memberId)
  }

  async #dismissGhosts(): Promise<void> {
    const { group, ghosts } = this.#options
    if (ghosts.size === 0) return
    const dismissed = [...ghosts]
    await this.#send(leaveRequest(group, dismissed))
    for (const memberId of dismissed) ghosts.delete(memberId)
  }

  async #sync(joined: Joined): Promise<number> {
    const { generation, memberId } = joined
    const shares = joined.leader === memberId ? await this.#shares(joined) : new Map()
    const request = syncRequest({ group: this.#options.group, generation, memberId }, shares)
    const { code, share } = readSynced(await this.#send(request))
    this.#memberId = memberId
    if (code !== CODE.NONE) return code
    this.#generation = generation
    this.#holds = decodeShare(share)
    return code
  }

  /** Only what was given out last counts: whoever missed that may hold what others hold by now. */
  async #shares({ members }: Joined): Promise<ReadonlyMap<string, Buffer>> {
    const wishes = members.map(({ memberId, subscription }) => ({ memberId, ...decodeSubscription(subscription) }))
    const last = Math.max(...wishes.map(({ generation }) => generation))
    const applicants = wishes.map((wish) => (wish.generation === last ? wish : { ...wish, holds: [] }))
    const places: Place[] = []
    for (const topic of new Set(wishes.flatMap(({ topics }) => topics)).values()) {
      const { leaders } = await this.#cluster.refreshTopic(topic)
      for (const partition of leaders.keys()) places.push({ topic, partition })
    }
    return new Map([...shareOut(applicants, places)].map(([memberId, share]) => [memberId, encodeShare(share)]))
  }

  #joinRequest(): KafkaRequest {
    const { group, topics, sessionTimeoutMs } = this.#options
    const subscription = encodeSubscription({ topics, holds: this.#holds, generation: this.#generation })
    const timeouts = { sessionTimeoutMs, rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS }
    return joinRequest({ group, memberId: this.#memberId, ...timeouts, protocol: PROTOCOL, subscription })
  }

  async #overcome(code: number, doing: string, patience: Patience): Promise<void> {
    const refused = () => this.#refusal(code, doing)
    if (code === CODE.UNKNOWN_MEMBER_ID) {
      this.disown()
      this.#memberId = ''
    } else if (isCoordinatorMoving(code)) this.#forgetCoordinator()
    else if (code !== CODE.REBALANCE_IN_PROGRESS && code !== CODE.ILLEGAL_GENERATION) throw refused()
    await patience.pause(refused)
  }

  #refusal(code: number, doing: string): MillraceError {
    return refusal(code, `${doing} the group ${this.#options.group}`)
  }

  #forgetCoordinator(): void {
    this.#cluster.forgetCoordinator('group', this.#options.group)
  }

  #send(request: KafkaRequest): Promise<WireReader> {
    return this.#cluster.sendToCoordinator('group', this.#options.group, request)
  }
}
