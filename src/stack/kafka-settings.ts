// The settings file of a local Kafka: one node, small, quick to rebalance and to come back after it was killed.

import { join } from 'node:path'

export interface KafkaPlace {
  readonly folder: string
  /** Of each listener, the broker's own too. */
  readonly ports: Readonly<Record<Listener, number>>
  /** The port clients of the plaintext listener are told to use: that of a proxy in front of it. */
  readonly advertisedPort?: number | undefined
  /** The key store of the listeners with TLS. */
  readonly keys: string
}

export type KafkaListener = 'PLAINTEXT' | 'SASL_PLAINTEXT' | 'SASL_SSL' | 'SSL'

/** The broker talks to itself past any proxy that stands before the others. */
type OwnListener = 'INTERNAL' | 'CONTROLLER'
type Listener = KafkaListener | OwnListener

/** The account of the listeners with SASL, by SCRAM-SHA-256 and by PLAIN. */
export const KAFKA_ACCOUNT = { username: 'millrace', password: 'millrace-password' } as const

export const KEYS_PASSWORD = 'millrace-keys'

const LISTENERS: readonly KafkaListener[] = ['PLAINTEXT', 'SASL_PLAINTEXT', 'SASL_SSL', 'SSL']
const OWN: readonly OwnListener[] = ['INTERNAL', 'CONTROLLER']

const FIXED: Readonly<Record<string, string | number>> = {
  'process.roles': 'broker,controller',
  'node.id': 1,
  'controller.listener.names': 'CONTROLLER',
  'inter.broker.listener.name': 'INTERNAL',
  'listener.security.protocol.map': [...LISTENERS, ...OWN].map(protocolOf).join(','),
  'sasl.enabled.mechanisms': 'SCRAM-SHA-256,PLAIN',
  'default.replication.factor': 1,
  'min.insync.replicas': 1,
  'offsets.topic.replication.factor': 1,
  'offsets.topic.num.partitions': 4,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'transaction.state.log.num.partitions': 4,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  'share.coordinator.state.topic.num.partitions': 1,
  // The default map of the cleaner alone takes half of the heap.
  'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
  'num.network.threads': 2,
  'num.io.threads': 4,
  'background.threads': 4,
  'auto.create.topics.enable': 'false',
  'group.initial.rebalance.delay.ms': 0,
  'group.min.session.timeout.ms': 1000,
  // A killed broker may come back only when its old session has run out; the default is 9 s.
  'broker.session.timeout.ms': 2000,
  'broker.heartbeat.interval.ms': 300,
}

export function kafkaSettings(place: KafkaPlace, more: Readonly<Record<string, string>>): string {
  const { ports, folder } = place
  const advertised = { ...ports, PLAINTEXT: place.advertisedPort ?? ports.PLAINTEXT }
  const all = {
    ...FIXED,
    'controller.quorum.voters': `1@127.0.0.1:${ports.CONTROLLER}`,
    listeners: [...LISTENERS, ...OWN].map((name) => `${name}://127.0.0.1:${ports[name]}`).join(','),
    'advertised.listeners': [...LISTENERS, 'INTERNAL' as const]
      .map((name) => `${name}://127.0.0.1:${advertised[name]}`)
      .join(','),
    'log.dirs': join(folder, 'data'),
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.location': place.keys,
    'ssl.keystore.password': KEYS_PASSWORD,
    ...jaas('sasl_plaintext'),
    ...jaas('sasl_ssl'),
    ...more,
  }
  return Object.entries(all)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

function protocolOf(listener: Listener): string {
  return `${listener}:${OWN.some((own) => own === listener) ? 'PLAINTEXT' : listener}`
}

function jaas(listener: string): Readonly<Record<string, string>> {
  const { username, password } = KAFKA_ACCOUNT
  const modules = 'org.apache.kafka.common.security'
  return {
    [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`]: `${modules}.scram.ScramLoginModule required;`,
    [`listener.name.${listener}.plain.sasl.jaas.config`]: `${modules}.plain.PlainLoginModule required user_${username}="${password}";`,
  }
}
