import { Kafka as Client, type KafkaConfig, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { openKafka } from '../../src/stack/kafka.ts'

const BUSY_MACHINE_MS = 90_000

test('a record survives the broker being killed', { timeout: BUSY_MACHINE_MS }, async () => {
  await using kafka = await openKafka()
  const brokers = [new URL(kafka.url).host]
  await produce({ brokers }, 'kept')
  await kafka.kill()
  await kafka.start()
  expect(await ends({ brokers }, 'kept')).toBe('1')
})

test('every listener lets in whom it should', { timeout: BUSY_MACHINE_MS }, async () => {
  await using kafka = await openKafka()
  const ssl = { ca: [kafka.authority] }
  const plain = { mechanism: 'plain', ...kafka.account } as const
  const scram = { mechanism: 'scram-sha-256', ...kafka.account } as const
  const wrong = { mechanism: 'scram-sha-256', username: kafka.account.username, password: 'wrong' } as const
  await produce({ brokers: [kafka.listener('SSL')], ssl }, 'tls')
  await produce({ brokers: [kafka.listener('SASL_SSL')], ssl, sasl: scram }, 'scram')
  await produce({ brokers: [kafka.listener('SASL_PLAINTEXT')], sasl: plain }, 'plain')
  await expect(ends({ brokers: [kafka.listener('SASL_PLAINTEXT')], sasl: wrong }, 'scram')).rejects.toThrow(
    /authentication/iu,
  )
  await expect(ends({ brokers: [kafka.listener('SSL')], ssl: true }, 'tls')).rejects.toThrow(/self-signed/iu)
})

async function produce(config: KafkaConfig, topic: string): Promise<void> {
  const client = connect(config)
  const admin = client.admin()
  const producer = client.producer()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic }], waitForLeaders: true })
  await admin.disconnect()
  await producer.connect()
  await producer.send({ topic, messages: [{ value: 'x' }] })
  await producer.disconnect()
}

async function ends(config: KafkaConfig, topic: string): Promise<string | undefined> {
  const admin = connect(config).admin()
  await admin.connect()
  const offsets = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  return offsets[0]?.high
}

function connect(config: KafkaConfig): Client {
  return new Client({ ...config, retry: { retries: 10, initialRetryTime: 20 }, logLevel: logLevel.NOTHING })
}
