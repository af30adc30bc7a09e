// A Kafka of one node behind a proxy, from which its clients are cut off before it goes.

import { BrokerConnection } from '../../src/log/kafka/broker-connection.ts'
import { KAFKA_DEFAULTS } from '../../src/log/kafka/kafka-settings.ts'
import { parseKafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import { WireWriter } from '../../src/log/kafka/wire-writer.ts'
import { freePort } from '../../src/stack/free-port.ts'
import { type Kafka, openKafka } from '../../src/stack/kafka.ts'
import { FaultProxy } from './fault-proxy.ts'
import { until } from './until.ts'

const DECIDED = ['PrepareCommit', 'PrepareAbort']
/** What a broker says that reads what it knew of its transactions: COORDINATOR_LOAD_IN_PROGRESS. */
const STILL_LOADING = 14

/**
 * A broker that dies with decided transactions that it has not carried out, and is the only one, takes their partitions
 * for deleted while it comes back and leaves their markers out: readers would wait behind them for ever, whatever a
 * client does (see the README, "Kafka of one broker"). So `kill` and `stop` cut the clients off at whatever they are
 * doing, and wait until everything decided is done. Transactions that are still open are no such case.
 */
export class KafkaBehind implements AsyncDisposable {
  readonly kafka: Kafka
  readonly proxy: FaultProxy

  private constructor(kafka: Kafka, proxy: FaultProxy) {
    this.kafka = kafka
    this.proxy = proxy
  }

  static async open(): Promise<KafkaBehind> {
    const advertisedPort = await freePort()
    const kafka = await openKafka({ advertisedPort })
    const proxy = new FaultProxy(advertisedPort, kafka.port)
    await proxy.accept()
    return new KafkaBehind(kafka, proxy)
  }

  async kill(): Promise<void> {
    await this.#cutOff()
    await this.kafka.kill()
  }

  async stop(): Promise<void> {
    await this.#cutOff()
    await this.kafka.stop()
  }

  async start(): Promise<void> {
    await this.kafka.start()
    await this.proxy.accept()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy[Symbol.asyncDispose]()
    await this.kafka[Symbol.asyncDispose]()
  }

  async #cutOff(): Promise<void> {
    await this.proxy.refuse()
    const settings = { ...KAFKA_DEFAULTS, ...parseKafkaUrl(this.kafka.url) }
    const broker = await BrokerConnection.open({ host: '127.0.0.1', port: this.kafka.port }, settings)
    try {
      const isDone = async () => ((await decided(broker))?.length === 0 ? true : null)
      await until(isDone, { what: 'decided transactions carried out', everyMs: 5 })
    } finally {
      broker.close()
    }
  }
}

/** The ids of transactions that are decided, but not carried out everywhere; null if the broker does not know yet. */
async function decided(broker: BrokerConnection): Promise<readonly string[] | null> {
  const body = new WireWriter({ isFlexible: true })
  body.array(DECIDED, (state) => body.string(state))
  body.array([], () => {}).endStruct() // of any producer
  const answer = await broker.send({ name: 'ListTransactions', api: 66, version: 0, body })
  answer.int32() // throttled for
  const code = answer.int16()
  if (code === STILL_LOADING) return null
  if (code !== 0) throw new Error(`Kafka does not list its transactions: ${code}`)
  answer.array(() => answer.string()) // states it does not know
  return answer.array(() => {
    const id = answer.string()
    answer.int64() // producer
    answer.string() // state
    answer.endStruct()
    return id
  })
}
