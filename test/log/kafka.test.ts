import { setTimeout as delay } from 'node:timers/promises'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BrokerConnection } from '../../src/log/kafka/broker-connection.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { KAFKA_DEFAULTS } from '../../src/log/kafka/kafka-settings.ts'
import { parseKafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import { readPlaces, writePlaces } from '../../src/log/kafka/place.ts'
import { WireWriter } from '../../src/log/kafka/wire-writer.ts'
import { openKafka } from '../../src/stack/kafka.ts'
import { describeLog } from '../contract/log.ts'
import { Member } from '../contract/log-member.ts'
import {
  bytes,
  collect,
  everything,
  LogBench,
  record,
  recordsOf,
  type StartPlace,
  unique,
  until,
  valuesOf,
  within,
} from '../contract/log-place.ts'
import { sharedKafka } from '../support/shared-server.ts'

const startKafka: StartPlace = async () => {
  const settings = parseKafkaUrl((await sharedKafka()).url)
  return {
    open: () => openKafkaLog(settings),
    close: async () => {},
    leaveAborted: (topic) => leaveAborted([...settings.brokers], topic),
  }
}

describeLog('the log in Kafka', startKafka)

/** By another client, as another program might. */
async function leaveAborted(brokers: string[], topic: string): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING })
  const producer = kafka.producer({ transactionalId: unique('aborting'), idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const transaction = await producer.transaction()
  await transaction.send({ topic, messages: [{ key: 'one', value: 'aborted' }] })
  await transaction.abort()
  await producer.disconnect()
  // The broker has answered before the partition knows: then reading comes to its end.
  const log = await openKafkaLog({ brokers })
  await everything(log, topic)
  await log.close()
}

describe('what is Kafka alone', () => {
  const bench = new LogBench(startKafka)
  let kafka: kafkajs.Kafka
  let admin: kafkajs.Admin

  beforeAll(async () => {
    const { brokers } = parseKafkaUrl((await sharedKafka()).url)
    kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING })
    admin = kafka.admin()
    await admin.connect()
  })
  afterAll(() => admin.disconnect())

  const openTransaction = async (transactionalId = unique('other')) => {
    const producer = kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    const begin = () => producer.transaction()
    return { transaction: await begin(), begin, close: () => producer.disconnect() }
  }

  test('a compacted topic is read up to what was committed before the call, though another transaction is open', async () => {
    const topic = await bench.topic({ isCompacted: true })
    const other = await openTransaction()
    await other.transaction.send({ topic, messages: [{ key: 'other', value: 'open' }] })
    await bench.append([record(topic, 'one', 'committed')])
    const latest = collect(bench.log.latest(topic))
    // Nothing tells that it waits, but that it has not answered.
    expect(await Promise.race([latest, delay(300, 'waiting')])).toBe('waiting')
    await other.transaction.abort()
    expect(valuesOf(await latest)).toEqual(['committed'])
    expect(valuesOf(await collect(bench.log.latest(topic)))).toEqual(['committed'])
    await other.close()
  })

  test('records of an aborted transaction are left out wherever it ends, also between others', async () => {
    const topic = await bench.topic()
    const [first, second] = [await openTransaction(), await openTransaction()]
    for (const [at, value] of ['a', 'b', 'c', 'd', 'e', 'f'].entries()) {
      const { transaction } = at % 2 === 0 ? first : second
      await transaction.send({ topic, messages: [{ key: 'k', value }] })
      await bench.append(recordsOf(topic, [`${at}`]))
    }
    await first.transaction.abort()
    await second.transaction.commit()
    const next = await first.begin()
    await next.send({ topic, messages: [{ key: 'k', value: 'g' }] })
    await next.commit()
    expect(valuesOf(await everything(bench.log, topic))).toEqual(['0', 'b', '1', '2', 'd', '3', '4', 'f', '5', 'g'])
    await Promise.all([first.close(), second.close()])
  })

  test('a topic that was deleted and made again has other cursors, and its readers begin anew', async () => {
    const topic = await bench.topic()
    const reader = unique('reader')
    await bench.append(recordsOf(topic, ['old']))
    const [before] = await bench.log.ends(topic)
    const member = new Member(bench.log, reader, [topic])
    await member.take(1)
    const asked = member.ask()
    await admin.deleteTopics({ topics: [topic] })
    await expect(asked).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN', fate: 'retry' })
    await bench.log.declare([{ topic, partitions: 1, isCompacted: false }])
    await bench.append(recordsOf(topic, ['new']))
    const again = new Member(bench.log, reader, [topic])
    expect(valuesOf(await again.take(1))).toEqual(['new'])
    await again.leave()
    const [after] = await bench.log.ends(topic)
    expect(after!.topicId).not.toBe(before!.topicId)
    const range = collect(bench.log.range({ ...before!, offset: 0 }, before!, new AbortController().signal))
    await expect(range).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' })
  })

  test('records thrown away before a reader came to them are an error, and none for a reader that begins', async () => {
    const topic = await bench.topic()
    const reader = unique('reader')
    await bench.append(recordsOf(topic, ['a', 'b', 'c']))
    const member = new Member(bench.log, reader, [topic])
    await member.take(3)
    await member.leave()
    await bench.append(recordsOf(topic, ['d', 'e']))
    const found = await everything(bench.log, topic)
    await deleteRecords(topic, found.at(-1)!.offset)
    const late = new Member(bench.log, reader, [topic])
    await expect(late.next()).rejects.toMatchObject({ code: 'LOG_HISTORY_GONE', fate: 'stop' })
    const fresh = new Member(bench.log, unique('reader'), [topic])
    expect(valuesOf(await fresh.take(1))).toEqual(['e'])
    await fresh.leave()
  })

  test('a topic that takes only small records refuses a large one, and nobody waits behind what was tried', async () => {
    const topic = unique('topic')
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true })
    const large = { topic, key: bytes('k'), value: new Uint8Array(2_000_000) }
    const writer = await bench.log.writer(unique('writer'))
    const appended = writer.append([...recordsOf(topic, ['a']), large])
    await expect(appended).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' })
    await expect(writer.append(recordsOf(topic, ['a']))).rejects.toMatchObject({ fate: 'retry' })
    await bench.append(recordsOf(topic, ['b']))
    const found = await within('reading what came behind it', everything(bench.log, topic))
    expect(valuesOf(found)).toEqual(['b'])
  })

  test('an append of more than one request is one', async () => {
    const topic = await bench.topic({ partitions: 2 })
    const filler = 'x'.repeat(1000)
    const values = Array.from({ length: 12_000 }, (_, index) => `${index} ${filler}`)
    await bench.append(values.map((value) => record(topic, value.slice(0, 6), value)))
    const found = await everything(bench.log, topic)
    expect(new Set(valuesOf(found))).toEqual(new Set(values))
    expect(found).toHaveLength(values.length)
  })

  test('what a reader died over is ended by the next, who reads it again', async () => {
    const topic = await bench.topic()
    const reader = unique('reader')
    await bench.append(recordsOf(topic, ['a']))
    const dead = await openTransaction(`${reader}/${topic}/0`)
    const topics = [{ topic, partitions: [{ partition: 0, offset: '1' }] }]
    await dead.transaction.sendOffsets({ consumerGroupId: reader, topics })
    const member = new Member(bench.log, reader, [topic])
    expect(valuesOf(await member.take(1))).toEqual(['a'])
    await member.leave()
    await dead.close().catch(() => {})
  })

  test('topics have as many replicas as there can be brokers for', async () => {
    const { brokers } = parseKafkaUrl((await sharedKafka()).url)
    const log = await openKafkaLog({ brokers, replication: 9 })
    const declared = log.declare([{ topic: unique('topic'), partitions: 1, isCompacted: false }])
    await expect(declared).rejects.toThrow('INVALID_REPLICATION_FACTOR')
    await log.close()
  })

  test('topics keep records for as long as asked; compacted ones for ever', async () => {
    const { brokers } = parseKafkaUrl((await sharedKafka()).url)
    const log = await openKafkaLog({ brokers, retentionMs: 12_345_000 })
    const topics = [unique('events'), unique('newest')]
    await log.declare(topics.map((topic, at) => ({ topic, partitions: 1, isCompacted: at === 1 })))
    const resources = topics.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name }))
    const described = (await admin.describeConfigs({ resources, includeSynonyms: false })).resources
    const settings = described.map(
      ({ configEntries }) => new Map(configEntries.map((one) => [one.configName, one.configValue])),
    )
    expect(settings.map((one) => one.get('cleanup.policy'))).toEqual(['delete', 'compact'])
    expect(settings[0]!.get('retention.ms')).toBe(String(12_345_000 + 24 * 3_600_000))
    await log.close()
  })

  test('a change that was made long ago is kept from when it was appended', async () => {
    await using own = await openKafka({
      settings: { 'log.initial.task.delay.ms': '0', 'log.retention.check.interval.ms': '200' },
    })
    const { brokers } = parseKafkaUrl(own.url)
    const log = await openKafkaLog({ brokers, retentionMs: 3_600_000 })
    const [topic, foreign] = [unique('topic'), unique('foreign')]
    await log.declare([topic, foreign].map((one) => ({ topic: one, partitions: 1, isCompacted: false })))
    const timeMs = Date.now() - 30 * 24 * 3_600_000
    await (await log.writer(unique('writer'))).append([{ topic, key: bytes('one'), value: bytes('late'), timeMs }])
    const client = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING })
    const [producer, asking] = [client.producer(), client.admin()]
    await Promise.all([producer.connect(), asking.connect()])
    await producer.send({ topic: foreign, messages: [{ value: 'gone', timestamp: String(timeMs) }] })
    // What another client wrote with the same time is what shows that the broker has looked.
    await until('retention', async () => (await asking.fetchTopicOffsets(foreign))[0]?.low === '1')
    expect(valuesOf(await everything(log, topic))).toEqual(['late'])
    await Promise.all([producer.disconnect(), asking.disconnect()])
    await log.close()
  })

  test.each(['gzip', 'zstd'] as const)('compressed records (%s) are read like any others', async (compression) => {
    const { brokers } = parseKafkaUrl((await sharedKafka()).url)
    const log = await openKafkaLog({ brokers, compression })
    const topic = await bench.topic()
    const writer = await log.writer(unique('writer'))
    const values = Array.from({ length: 500 }, (_, index) => `${index}`)
    await writer.append(recordsOf(topic, values))
    expect(valuesOf(await everything(bench.log, topic))).toEqual(values)
    await log.close()
  })
})

/** As retention does, only at once. */
async function deleteRecords(topic: string, before: number): Promise<void> {
  const settings = parseKafkaUrl((await sharedKafka()).url)
  const [host = '', port] = settings.brokers[0]!.split(':')
  const broker = await BrokerConnection.open({ host, port: Number(port) }, { ...KAFKA_DEFAULTS, ...settings })
  const body = new WireWriter()
  writePlaces(body, [{ topic, partition: 0 }], ({ partition }) => body.int32(partition).int64(before))
  const answer = await broker.send({ name: 'DeleteRecords', api: 21, version: 1, body: body.int32(5_000) })
  answer.int32()
  const [code] = readPlaces(answer, () => [answer.int64(), answer.int16()][1])
  expect(code).toBe(0)
  broker.close()
}
