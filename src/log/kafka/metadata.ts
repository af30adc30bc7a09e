// Who leads which partition, and which incarnation of a topic this is: the Metadata request, in the version that first
// tells a topic's id.

import type { BrokerAddress, KafkaRequest } from './broker-connection.ts'
import type { WireReader } from './wire-reader.ts'
import { WireWriter } from './wire-writer.ts'

export interface TopicMetadata {
  readonly topic: string
  /** Other than 0 the rest is empty. */
  readonly code: number
  readonly topicId: string
  /** The leader's node id by partition; -1 where there is none just now. */
  readonly leaders: readonly number[]
}

export interface Metadata {
  readonly nodes: ReadonlyMap<number, BrokerAddress>
  readonly controller: number
  readonly topics: readonly TopicMetadata[]
}

const NO_TOPIC_ID = '00'.repeat(16)

export function metadataRequest(topics: readonly string[]): KafkaRequest {
  const body = new WireWriter({ isFlexible: true })
  body.array(topics, (topic) => body.raw(Buffer.from(NO_TOPIC_ID, 'hex')).string(topic).endStruct())
  body.bool(false) // do not make what is missing
  body.bool(false).bool(false).endStruct() // nor tell what this user may do
  return { name: 'Metadata', api: 3, version: 10, body }
}

export function readMetadata(answer: WireReader): Metadata {
  answer.int32() // throttled for
  const nodes = answer.array(() => readNode(answer))
  answer.nullableString() // cluster id
  const controller = answer.int32()
  return { nodes: new Map(nodes), controller, topics: answer.array(() => readTopic(answer)) }
}

function readNode(answer: WireReader): [number, BrokerAddress] {
  const id = answer.int32()
  const address = { host: answer.string(), port: answer.int32() }
  answer.nullableString() // rack
  answer.endStruct()
  return [id, address]
}

function readTopic(answer: WireReader): TopicMetadata {
  const code = answer.int16()
  const topic = answer.string()
  const topicId = answer.uuid()
  answer.bool() // is internal
  const leaders: number[] = []
  answer.array(() => {
    answer.int16() // A missing leader is -1 below, whatever the reason.
    const partition = answer.int32()
    leaders[partition] = answer.int32()
    answer.int32() // leader epoch
    for (let list = 0; list < 3; list++) answer.array(() => answer.int32()) // replicas: all, in sync, offline
    answer.endStruct()
  })
  answer.int32() // what this user may do
  answer.endStruct()
  return { topic, code, topicId, leaders }
}
