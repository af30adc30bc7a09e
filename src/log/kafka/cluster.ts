// Finds the broker that answers for a partition, a group or a transaction, and keeps one connection to each. A cluster
// object is one lane: requests to one broker are answered in order, so whoever waits long at a broker takes its own.

import { hasFate, MillraceError } from '../../core/errors.ts'
import { type BrokerAddress, BrokerConnection, type KafkaRequest } from './broker-connection.ts'
import { CODE, expectNone, isCoordinatorMoving, refusal } from './kafka-error.ts'
import type { KafkaSettings } from './kafka-settings.ts'
import { metadataRequest, readMetadata, type TopicMetadata } from './metadata.ts'
import { Patience } from './patience.ts'
import type { WireReader } from './wire-reader.ts'
import { WireWriter } from './wire-writer.ts'

export type CoordinatorKind = 'group' | 'transaction'

/** How long the cluster may take to choose a leader or a coordinator before that is an error. */
export const ELECTION_PATIENCE_MS = 15_000

export class Cluster {
  readonly #settings: KafkaSettings
  readonly #connections = new Map<string, Promise<BrokerConnection>>()
  readonly #topics = new Map<string, TopicMetadata>()
  readonly #coordinators = new Map<string, BrokerAddress>()
  #nodes: ReadonlyMap<number, BrokerAddress> = new Map()
  #controller = -1
  #answered: readonly BrokerAddress[] = []
  #isClosed = false

  constructor(settings: KafkaSettings) {
    this.#settings = settings
  }

  close(): void {
    this.#isClosed = true
    for (const connection of this.#connections.values()) connection.then((open) => open.close()).catch(() => {})
    this.#connections.clear()
  }

  /** To whichever broker answers; the one that did last is asked first, for a dead one may take long to give up. */
  async sendAnywhere(request: KafkaRequest): Promise<WireReader> {
    const known = [...this.#nodes.values(), ...this.#settings.brokers.map(addressOf)]
    const addresses = new Map([...this.#answered, ...known].map((address) => [keyOf(address), address]))
    let fault: unknown
    for (const address of addresses.values()) {
      try {
        const answer = await this.#sendTo(address, request)
        this.#answered = [address]
        return answer
      } catch (error) {
        fault = error
        if (!hasFate(error, 'retry')) break
      }
    }
    throw fault
  }

  async sendToController(request: KafkaRequest): Promise<WireReader> {
    const address = this.#nodes.get(this.#controller)
    return address === undefined ? this.sendAnywhere(request) : this.#sendTo(address, request)
  }

  async sendToNode(node: number, request: KafkaRequest): Promise<WireReader> {
    const address = this.#nodes.get(node)
    if (address === undefined) throw new MillraceError('KAFKA_UNAVAILABLE', `Kafka's broker ${node} is away`)
    return this.#sendTo(address, request)
  }

  async sendToCoordinator(kind: CoordinatorKind, id: string, request: KafkaRequest): Promise<WireReader> {
    return this.#sendTo(await this.#coordinator(kind, id), request)
  }

  /** After a coordinator said that it is none. */
  forgetCoordinator(kind: CoordinatorKind, id: string): void {
    this.#coordinators.delete(`${kind} ${id}`)
  }

  async topic(name: string): Promise<TopicMetadata> {
    return this.#topics.get(name) ?? (await this.refreshTopic(name))
  }

  async refreshTopic(name: string): Promise<TopicMetadata> {
    const [found] = await this.lookUp([name])
    expectNone(found?.code ?? CODE.UNKNOWN_TOPIC_OR_PARTITION, `find the topic ${name}`)
    return found as TopicMetadata
  }

  /** What the cluster says of these topics now, missing ones included. */
  async lookUp(names: readonly string[]): Promise<readonly TopicMetadata[]> {
    const { nodes, controller, topics } = readMetadata(await this.sendAnywhere(metadataRequest(names)))
    this.#nodes = nodes
    this.#controller = controller
    for (const found of topics) {
      if (found.code === CODE.NONE) this.#topics.set(found.topic, found)
      else this.#topics.delete(found.topic)
    }
    return topics
  }

  forgetTopic(name: string): void {
    this.#topics.delete(name)
  }

  async #sendTo(address: BrokerAddress, request: KafkaRequest): Promise<WireReader> {
    try {
      return await (await this.#connect(address)).send(request)
    } catch (error) {
      // A broker that is gone leads nothing any more: ask again who does.
      this.#topics.clear()
      this.#coordinators.clear()
      throw error
    }
  }

  async #connect(address: BrokerAddress): Promise<BrokerConnection> {
    if (this.#isClosed) throw new MillraceError('LOG_CLOSED', 'The connection to Kafka has been closed')
    const key = keyOf(address)
    const known = this.#connections.get(key)
    if (known !== undefined && (await known).isOpen) return known
    if (known !== undefined && this.#connections.get(key) !== known) return this.#connect(address)
    const opening = BrokerConnection.open(address, this.#settings)
    this.#connections.set(key, opening)
    try {
      const connection = await opening
      if (this.#isClosed) connection.close()
      return connection
    } catch (error) {
      if (this.#connections.get(key) === opening) this.#connections.delete(key)
      throw error
    }
  }

  async #coordinator(kind: CoordinatorKind, id: string): Promise<BrokerAddress> {
    const known = this.#coordinators.get(`${kind} ${id}`)
    if (known !== undefined) return known
    for (const patience = new Patience(ELECTION_PATIENCE_MS); ; ) {
      const body = new WireWriter().string(id).int8(kind === 'group' ? 0 : 1)
      const answer = await this.sendAnywhere({ name: 'FindCoordinator', api: 10, version: 2, body })
      answer.int32() // throttled for
      const code = answer.int16()
      const detail = answer.nullableString()
      answer.int32() // node
      const address = { host: answer.string(), port: answer.int32() }
      const doing = `name the coordinator of the ${kind} ${id}`
      if (isCoordinatorMoving(code)) {
        await patience.pause(() => refusal(code, doing, detail))
        continue
      }
      expectNone(code, doing, detail)
      this.#coordinators.set(`${kind} ${id}`, address)
      return address
    }
  }
}

function addressOf(broker: string): BrokerAddress {
  const at = broker.lastIndexOf(':')
  return { host: broker.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(broker.slice(at + 1)) }
}

function keyOf({ host, port }: BrokerAddress): string {
  return `${host}:${port}`
}
