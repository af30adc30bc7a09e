// How a Kafka cluster is reached, and the few choices there are: what a `kafka://` URL says.

import type { Compression } from './compression.ts'

export type SaslMechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512'

export const SASL_MECHANISMS: readonly SaslMechanism[] = ['plain', 'scram-sha-256', 'scram-sha-512']

export interface KafkaSettings {
  /** `host:port` of some brokers; the others are learnt from them. */
  readonly brokers: readonly string[]
  /** PEM texts: `authority` instead of the authorities Node knows, the pair for a listener that asks for one. */
  readonly tls: { readonly authority?: string; readonly certificate?: string; readonly key?: string } | null
  readonly sasl: { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string } | null
  /** How brokers name this client in their logs and quotas. */
  readonly clientId: string
  /** Of the topics millrace makes; null leaves it to the brokers' own default. */
  readonly replication: number | null
  /** How long the topics millrace makes keep changes; null leaves it to the brokers' own default. */
  readonly retentionMs: number | null
  readonly compression: Compression
}

export const KAFKA_DEFAULTS = {
  tls: null,
  sasl: null,
  clientId: 'millrace',
  replication: null,
  retentionMs: null,
  compression: 'none',
} as const satisfies Omit<KafkaSettings, 'brokers'>
