// The requests of a consumer group: joining and leaving, and the offsets it has committed.

import type { KafkaRequest } from './broker-connection.ts'
import { CODE } from './kafka-error.ts'
import { type Place, readPlaces, writePlaces } from './place.ts'
import type { Membership, PlaceCode, PlaceOffset } from './transaction-protocol.ts'
import type { WireReader } from './wire-reader.ts'
import { WireWriter } from './wire-writer.ts'

export interface JoinOptions {
  readonly group: string
  /** Empty at first; the coordinator gives one out. */
  readonly memberId: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  /** Of the way partitions are shared out; all members have to know the same one. */
  readonly protocol: string
  readonly subscription: Buffer
}

export interface Joined {
  readonly code: number
  readonly generation: number
  readonly leader: string
  readonly memberId: string
  /** For the leader alone: what each member wants. */
  readonly members: readonly { readonly memberId: string; readonly subscription: Buffer }[]
}

export function joinRequest(options: JoinOptions): KafkaRequest {
  const body = new WireWriter()
    .string(options.group)
    .int32(options.sessionTimeoutMs)
    .int32(options.rebalanceTimeoutMs)
    .string(options.memberId)
    .string(null) // no static membership
    .string('consumer')
  body.array([options.protocol], (protocol) => body.string(protocol).blob(options.subscription))
  return { name: 'JoinGroup', api: 11, version: 5, body, waitMs: options.rebalanceTimeoutMs }
}

export function readJoined(answer: WireReader): Joined {
  answer.int32() // throttled for
  const code = answer.int16()
  const generation = answer.int32()
  answer.string() // protocol
  const leader = answer.string()
  const memberId = answer.string()
  const members = answer.array(() => {
    const id = answer.string()
    answer.nullableString() // static membership
    return { memberId: id, subscription: answer.blob() }
  })
  return { code, generation, leader, memberId, members }
}

/** `shares` come from the leader alone. */
export function syncRequest(member: Membership, shares: ReadonlyMap<string, Buffer>): KafkaRequest {
  const body = memberBody(member)
  body.array([...shares], ([memberId, share]) => body.string(memberId).blob(share))
  return { name: 'SyncGroup', api: 14, version: 3, body }
}

export function readSynced(answer: WireReader): { readonly code: number; readonly share: Buffer } {
  answer.int32() // throttled for
  return { code: answer.int16(), share: answer.blob() }
}

export function heartbeatRequest(member: Membership): KafkaRequest {
  return { name: 'Heartbeat', api: 12, version: 3, body: memberBody(member) }
}

export function leaveRequest(group: string, memberIds: readonly string[]): KafkaRequest {
  const body = new WireWriter().string(group)
  body.array(memberIds, (id) => body.string(id).string(null))
  return { name: 'LeaveGroup', api: 13, version: 3, body }
}

export function offsetCommitRequest(member: Membership, offsets: readonly PlaceOffset[]): KafkaRequest {
  const body = memberBody(member)
  writePlaces(body, offsets, ({ partition, offset }) => {
    body.int32(partition).int64(offset).int32(-1).string(null)
  })
  return { name: 'OffsetCommit', api: 8, version: 7, body }
}

export function readOffsetCommit(answer: WireReader): readonly PlaceCode[] {
  answer.int32() // throttled for
  return readPlaces(answer, (place) => ({ ...place, code: answer.int16() }))
}

/** `isStable`: not while a transaction that commits one of these is open. */
export function offsetFetchRequest(group: string, places: readonly Place[], isStable: boolean): KafkaRequest {
  const body = new WireWriter({ isFlexible: true }).string(group)
  const topics = Map.groupBy(places, (place) => place.topic)
  body.array([...topics], ([topic, ofTopic]) => {
    body
      .string(topic)
      .array(ofTopic, ({ partition }) => body.int32(partition))
      .endStruct()
  })
  return { name: 'OffsetFetch', api: 9, version: 7, body: body.bool(isStable).endStruct() }
}

/** The offset is null where none has been committed. */
export interface Standing extends PlaceCode {
  readonly offset: number | null
}

export function readOffsetFetch(answer: WireReader): {
  readonly code: number
  readonly standings: readonly Standing[]
} {
  answer.int32() // throttled for
  const standings = readPlaces(answer, (place) => {
    const offset = answer.int64()
    answer.int32() // leader epoch
    answer.nullableString()
    return { ...place, offset: offset < 0 ? null : offset, code: answer.int16() }
  })
  const failed = standings.find((standing) => standing.code !== CODE.NONE)
  return { code: answer.int16() || (failed?.code ?? CODE.NONE), standings }
}

function memberBody({ group, generation, memberId }: Membership): WireWriter {
  return new WireWriter().string(group).int32(generation).string(memberId).string(null)
}
