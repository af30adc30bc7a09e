// Who may speak to a broker, and how: on a broker of our own, which has a listener of each kind.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { parseKafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import { freePort } from '../../src/stack/free-port.ts'
import { type Kafka, openKafka } from '../../src/stack/kafka.ts'
import { everything, recordsOf, unique, valuesOf } from '../contract/log-place.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-access-'))
const ca = join(folder, 'ca.pem')
let kafka: Kafka

beforeAll(async () => {
  kafka = await openKafka()
  writeFileSync(ca, kafka.authority)
})

afterAll(async () => {
  await kafka[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const account = () => `${kafka.account.username}:${kafka.account.password}`
const open = (url: string) => openKafkaLog(parseKafkaUrl(url))

test.each([
  ['PLAIN', () => `kafka://${account()}@${kafka.listener('SASL_PLAINTEXT')}?sasl=plain`],
  ['SCRAM-SHA-256', () => `kafka://${account()}@${kafka.listener('SASL_PLAINTEXT')}?sasl=scram-sha-256`],
  ['TLS', () => `kafka://${kafka.listener('SSL')}?ssl=true&ca=${ca}`],
  [
    'SCRAM-SHA-256 over TLS',
    () => `kafka://${account()}@${kafka.listener('SASL_SSL')}?ssl=true&ca=${ca}&sasl=scram-sha-256`,
  ],
])('records pass through %s', async (_, url) => {
  const log = await open(url())
  const topic = unique('topic')
  await log.declare([{ topic, partitions: 1, isCompacted: false }])
  const writer = await log.writer(unique('writer'))
  await writer.append(recordsOf(topic, ['a']))
  expect(valuesOf(await everything(log, topic))).toEqual(['a'])
  await log.close()
})

test.each([
  [
    'a wrong password',
    'KAFKA_DENIED',
    () => `kafka://millrace:wrong@${kafka.listener('SASL_PLAINTEXT')}?sasl=scram-sha-256`,
  ],
  ['a wrong password by PLAIN', 'KAFKA_DENIED', () => `kafka://millrace:wrong@${kafka.listener('SASL_PLAINTEXT')}`],
  ['an unknown user', 'KAFKA_DENIED', () => `kafka://nobody:x@${kafka.listener('SASL_PLAINTEXT')}?sasl=scram-sha-256`],
  [
    'a mechanism the broker lacks',
    'KAFKA_DENIED',
    () => `kafka://${account()}@${kafka.listener('SASL_PLAINTEXT')}?sasl=scram-sha-512`,
  ],
  ['no password where one is asked for', 'KAFKA_UNREACHABLE', () => `kafka://${kafka.listener('SASL_PLAINTEXT')}`],
  ['a certificate of an unknown authority', 'KAFKA_UNTRUSTED', () => `kafka://${kafka.listener('SSL')}?ssl=true`],
  ['plain speech to a listener with TLS', 'KAFKA_UNREACHABLE', () => `kafka://${kafka.listener('SSL')}`],
  ['TLS to a listener without', 'KAFKA_UNREACHABLE', () => `kafka://${kafka.listener('PLAINTEXT')}?ssl=true&ca=${ca}`],
])('%s is the error %s', async (_, code, url) => {
  await expect(open(url())).rejects.toMatchObject({ code })
})

test('nobody at the port is KAFKA_UNREACHABLE, and the message names the broker', async () => {
  const port = await freePort()
  const opened = open(`kafka://127.0.0.1:${port}`)
  await expect(opened).rejects.toMatchObject({ code: 'KAFKA_UNREACHABLE', fate: 'retry' })
  await expect(opened).rejects.toThrow(`127.0.0.1:${port}`)
})

test('one broker of several is enough to begin with', async () => {
  const log = await open(`kafka://127.0.0.1:${await freePort()},127.0.0.1:${kafka.port}`)
  await log.close()
})
