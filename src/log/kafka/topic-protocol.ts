// The requests that make topics and tell how they are configured.

import type { KafkaRequest } from './broker-connection.ts'
import type { WireReader } from './wire-reader.ts'
import { WireWriter } from './wire-writer.ts'

export interface NewTopic {
  readonly topic: string
  readonly partitions: number
  /** Null leaves it to the brokers. */
  readonly replication: number | null
  readonly config: Readonly<Record<string, string>>
}

export interface TopicCode {
  readonly topic: string
  readonly code: number
  readonly detail: string | null
}

const TIMEOUT_MS = 10_000
const TOPIC_RESOURCE = 2

export function createTopicsRequest(topics: readonly NewTopic[]): KafkaRequest {
  const body = new WireWriter()
  body.array(topics, ({ topic, partitions, replication, config }) => {
    body
      .string(topic)
      .int32(partitions)
      .int16(replication ?? -1)
    body.array([], () => {}) // replicas stand where the brokers put them
    body.array(Object.entries(config), ([name, value]) => body.string(name).string(value))
  })
  body.int32(TIMEOUT_MS).bool(false)
  return { name: 'CreateTopics', api: 19, version: 4, body, waitMs: TIMEOUT_MS }
}

export function readCreatedTopics(answer: WireReader): readonly TopicCode[] {
  answer.int32() // throttled for
  return answer.array(() => ({ topic: answer.string(), code: answer.int16(), detail: answer.nullableString() }))
}

export interface TopicConfig extends TopicCode {
  readonly config: ReadonlyMap<string, string>
}

export function describeTopicsRequest(topics: readonly string[], names: readonly string[]): KafkaRequest {
  const body = new WireWriter()
  body.array(topics, (topic) => {
    body.int8(TOPIC_RESOURCE).string(topic)
    body.array(names, (name) => body.string(name))
  })
  return { name: 'DescribeConfigs', api: 32, version: 2, body: body.bool(false) }
}

export function readDescribedTopics(answer: WireReader): readonly TopicConfig[] {
  answer.int32() // throttled for
  return answer.array(() => {
    const code = answer.int16()
    const detail = answer.nullableString()
    answer.int8() // kind of resource
    const topic = answer.string()
    return { topic, code, detail, config: new Map(answer.array(() => readEntry(answer))) }
  })
}

function readEntry(answer: WireReader): [string, string] {
  const entry: [string, string] = [answer.string(), answer.string()]
  answer.bool() // read only
  answer.int8() // where it is set
  answer.bool() // secret
  answer.array(() => {
    answer.string()
    answer.nullableString()
    answer.int8()
  })
  return entry
}
