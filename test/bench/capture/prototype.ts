// The yardstick of capture: what one writes in an afternoon with zongji, avsc and kafkajs. It too is exactly once (up to
// a thousand rows and the place behind them are one transaction), but knows one table and never reconnects.

import { CompressionTypes, Kafka, logLevel, type Message, Partitioners, type Producer } from 'kafkajs'
import { contend } from '../contender.ts'
import { DATABASE, TABLE } from './backlog.ts'
import type { CaptureJob } from './capture-job.ts'
import { encodeKey, encodeValue } from './prototype-schema.ts'
import { connectionOf, insertedRows, openZongji } from './zongji.ts'

const TOPIC = 'prototype.comment'
const BOOKMARKS = 'prototype.bookmarks'
const TRANSACTION_ROWS_MAX = 1_000
const QUEUE_MAX = 5 * TRANSACTION_ROWS_MAX

/** Rows read and not sent yet; `take` waits for committed ones. */
class Queue {
  #messages: Message[] = []
  #committed = 0
  #wake: (() => void) | null = null

  push(message: Message): void {
    this.#messages.push(message)
  }

  commit(): void {
    this.#committed = this.#messages.length
    this.#wake?.()
  }

  get isFull(): boolean {
    return this.#messages.length > QUEUE_MAX
  }

  async take(): Promise<Message[]> {
    while (this.#committed === 0) await new Promise<void>((wake) => (this.#wake = wake))
    const taken = this.#messages.splice(0, Math.min(this.#committed, TRANSACTION_ROWS_MAX))
    this.#committed -= taken.length
    return taken
  }
}

contend<CaptureJob>(async ({ mysqlUrl, kafkaUrl, rows, gtids, name }, meter) => {
  const producer = await openProducer(new URL(kafkaUrl).host, name)
  const zongji = openZongji(mysqlUrl)
  const queue = new Queue()
  let place = ''
  let isPaused = false
  zongji.on('error', (error) => {
    throw error
  })
  zongji.on('binlog', (event) => {
    for (const row of insertedRows(event)) queue.push({ key: encodeKey(row), value: encodeValue(row, event) })
    if (event.getTypeName() !== 'Xid') return
    place = `${zongji.get('filename')}:${event.nextPosition}`
    queue.commit()
    if (queue.isFull && !isPaused) {
      connectionOf(zongji).pause()
      isPaused = true
    }
  })
  const includeEvents = ['tablemap', 'writerows', 'updaterows', 'deleterows', 'xid', 'query', 'rotate']
  const options = { gtidSet: gtids, includeEvents, includeSchema: { [DATABASE]: [TABLE] } }
  zongji.start({ ...options, serverId: process.pid })
  for (let sent = 0; sent < rows; ) {
    const messages = await queue.take()
    await send(producer, messages, place)
    sent += messages.length
    meter.done(sent)
    if (isPaused && !queue.isFull) {
      isPaused = false
      connectionOf(zongji).resume()
    }
  }
})

async function openProducer(broker: string, name: string): Promise<Producer> {
  const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [TOPIC, BOOKMARKS].map((topic) => ({ topic, numPartitions: 1 })) })
  await admin.disconnect()
  const producer = kafka.producer({
    ...{ idempotent: true, maxInFlightRequests: 1, transactionalId: name },
    createPartitioner: Partitioners.DefaultPartitioner,
    // What the client takes by default for a transaction that is still being completed costs ten times as much.
    retry: { initialRetryTime: 2, maxRetryTime: 100, retries: 50 },
  })
  await producer.connect()
  return producer
}

async function send(producer: Producer, messages: Message[], place: string): Promise<void> {
  const transaction = await producer.transaction()
  const bookmark = { key: TABLE, value: place }
  const topicMessages = [
    { topic: TOPIC, messages },
    { topic: BOOKMARKS, messages: [bookmark] },
  ]
  await transaction.sendBatch({ acks: -1, compression: CompressionTypes.None, topicMessages })
  await transaction.commit()
}
