// Makes the topics that are missing, and holds those that exist to what is declared.

import { MillraceError } from '../../core/errors.ts'
import { RECORD_BYTES_MAX, type TopicSpec } from '../log.ts'
import { type Cluster, ELECTION_PATIENCE_MS } from './cluster.ts'
import { CODE, expectNone, refusal } from './kafka-error.ts'
import type { KafkaSettings } from './kafka-settings.ts'
import type { TopicMetadata } from './metadata.ts'
import { Patience } from './patience.ts'
import { BEHIND_MS_MAX } from './record-time.ts'
import {
  createTopicsRequest,
  describeTopicsRequest,
  type NewTopic,
  readCreatedTopics,
  readDescribedTopics,
} from './topic-protocol.ts'

/** Above the largest record stands what its batch needs besides. */
const MESSAGE_BYTES_MAX = RECORD_BYTES_MAX + 64 * 1024

type Defaults = Pick<KafkaSettings, 'replication' | 'retentionMs'>

export async function declareTopics(cluster: Cluster, specs: readonly TopicSpec[], defaults: Defaults): Promise<void> {
  const isThere = new Set<string>()
  for (const found of await cluster.lookUp(specs.map((spec) => spec.topic))) {
    if (found.code === CODE.NONE) isThere.add(found.topic)
    else if (found.code !== CODE.UNKNOWN_TOPIC_OR_PARTITION && found.code !== CODE.LEADER_NOT_AVAILABLE)
      throw refusal(found.code, `find the topic ${found.topic}`)
  }
  const missing = specs.filter((spec) => !isThere.has(spec.topic))
  if (missing.length > 0) await create(cluster, missing, defaults)
  const topics = await Promise.all(specs.map((spec) => readyTopic(cluster, spec.topic)))
  await compare(cluster, specs, topics)
}

async function create(cluster: Cluster, specs: readonly TopicSpec[], defaults: Defaults): Promise<void> {
  const request = createTopicsRequest(specs.map((spec) => newTopic(spec, defaults)))
  for (const { topic, code, detail } of readCreatedTopics(await cluster.sendToController(request))) {
    // Another process may have been quicker; whether it declared the same is compared below.
    if (code !== CODE.TOPIC_ALREADY_EXISTS) expectNone(code, `make the topic ${topic}`, detail)
  }
}

function newTopic({ topic, partitions, isCompacted }: TopicSpec, { replication, retentionMs }: Defaults): NewTopic {
  const policy = isCompacted ? 'compact' : 'delete'
  const config = {
    'cleanup.policy': policy,
    'max.message.bytes': String(MESSAGE_BYTES_MAX),
    ...(retentionMs === null || isCompacted ? {} : { 'retention.ms': String(retentionMs + BEHIND_MS_MAX) }),
  }
  return { topic, partitions, replication, config }
}

/** A topic that was just made is not known to every broker yet. */
async function readyTopic(cluster: Cluster, topic: string): Promise<TopicMetadata> {
  for (const patience = new Patience(ELECTION_PATIENCE_MS); ; ) {
    const [found] = await cluster.lookUp([topic])
    if (found !== undefined && found.code === CODE.NONE && found.leaders.every((leader) => leader >= 0)) return found
    const code = found?.code || CODE.LEADER_NOT_AVAILABLE
    await patience.pause(() => refusal(code, `find a leader of ${topic}`))
  }
}

async function compare(cluster: Cluster, specs: readonly TopicSpec[], topics: readonly TopicMetadata[]): Promise<void> {
  const request = describeTopicsRequest(
    specs.map((spec) => spec.topic),
    ['cleanup.policy'],
  )
  const policies = new Map<string, string>()
  for (const { topic, code, detail, config } of readDescribedTopics(await cluster.sendAnywhere(request))) {
    expectNone(code, `read the settings of ${topic}`, detail)
    policies.set(topic, config.get('cleanup.policy') ?? '')
  }
  for (const [index, spec] of specs.entries()) {
    const partitions = topics[index]?.leaders.length ?? 0
    const isCompacted = policies.get(spec.topic)?.split(',').includes('compact') ?? false
    if (partitions !== spec.partitions) throw mismatch(spec, `has ${partitions} partitions, not ${spec.partitions}`)
    if (isCompacted !== spec.isCompacted) throw mismatch(spec, isCompacted ? 'is compacted' : 'is not compacted')
  }
}

function mismatch({ topic }: TopicSpec, how: string): MillraceError {
  return new MillraceError('TOPIC_MISMATCH', `the topic ${topic} ${how}`)
}
