// The requests of Kafka's transactions: bytes out, error codes back. What the codes mean is decided by who asks.

import type { KafkaRequest } from './broker-connection.ts'
import { type Place, readPlaces, writePlaces } from './place.ts'
import type { Producer } from './record-batch.ts'
import type { WireReader } from './wire-reader.ts'
import { WireWriter } from './wire-writer.ts'

/** Whose transaction a request is about. */
export interface Owner {
  readonly transactionalId: string
  readonly producer: Producer
}

export interface PlaceCode extends Place {
  readonly code: number
}

/** The member of a group that commits; a broker refuses it once the group has gone on without it. */
export interface Membership {
  readonly group: string
  readonly generation: number
  readonly memberId: string
}

export interface PlaceOffset extends Place {
  readonly offset: number
}

export function initProducerRequest(transactionalId: string, timeoutMs: number): KafkaRequest {
  const body = new WireWriter().string(transactionalId).int32(timeoutMs)
  return { name: 'InitProducerId', api: 22, version: 1, body }
}

export function readInitProducer(answer: WireReader): { code: number; producer: Producer } {
  answer.int32() // throttled for
  return { code: answer.int16(), producer: { id: answer.bigint64(), epoch: answer.int16() } }
}

export function addPartitionsRequest(owner: Owner, places: readonly Place[]): KafkaRequest {
  const body = ownedBody(owner)
  writePlaces(body, places, ({ partition }) => body.int32(partition))
  return { name: 'AddPartitionsToTxn', api: 24, version: 1, body }
}

export function readAddPartitions(answer: WireReader): readonly PlaceCode[] {
  answer.int32() // throttled for
  return readPlaces(answer, (place) => ({ ...place, code: answer.int16() }))
}

export function addOffsetsRequest(owner: Owner, group: string): KafkaRequest {
  return { name: 'AddOffsetsToTxn', api: 25, version: 1, body: ownedBody(owner).string(group) }
}

export function endTransactionRequest(owner: Owner, isCommit: boolean): KafkaRequest {
  return { name: 'EndTxn', api: 26, version: 1, body: ownedBody(owner).bool(isCommit) }
}

/** The answer of requests that come to one code for the whole. */
export function readThrottledCode(answer: WireReader): number {
  answer.int32() // throttled for
  return answer.int16()
}

export function commitOffsetsRequest(owner: Owner, member: Membership, offsets: readonly PlaceOffset[]): KafkaRequest {
  const body = new WireWriter({ isFlexible: true })
    .string(owner.transactionalId)
    .string(member.group)
    .int64(owner.producer.id)
    .int16(owner.producer.epoch)
    .int32(member.generation)
    .string(member.memberId)
    .string(null) // no static membership
  writePlaces(body, offsets, ({ partition, offset }) => {
    body.int32(partition).int64(offset).int32(-1).string(null).endStruct()
  })
  return { name: 'TxnOffsetCommit', api: 28, version: 3, body: body.endStruct() }
}

export function readCommitOffsets(answer: WireReader): readonly PlaceCode[] {
  answer.int32() // throttled for
  return readPlaces(answer, (place) => ({ ...place, code: answer.int16() }))
}

function ownedBody({ transactionalId, producer }: Owner): WireWriter {
  return new WireWriter().string(transactionalId).int64(producer.id).int16(producer.epoch)
}
