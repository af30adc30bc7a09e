// The exclusive writer of an id: a transactional producer on a connection of its own, one append after the other.

import { MillraceError } from '../../core/errors.ts'
import type { LogRecord, LogWriter } from '../log.ts'
import { Cluster } from './cluster.ts'
import type { KafkaSettings } from './kafka-settings.ts'
import { TransactionalProducer } from './transactional-producer.ts'

export class KafkaWriter implements LogWriter {
  readonly #id: string
  readonly #cluster: Cluster
  readonly #producer: TransactionalProducer
  #last: Promise<void> = Promise.resolve()
  #isClosed = false

  private constructor(id: string, cluster: Cluster, producer: TransactionalProducer) {
    this.#id = id
    this.#cluster = cluster
    this.#producer = producer
  }

  static async open(id: string, settings: KafkaSettings): Promise<KafkaWriter> {
    const cluster = new Cluster(settings)
    try {
      const options = { transactionalId: id, compression: settings.compression }
      return new KafkaWriter(id, cluster, await TransactionalProducer.open(cluster, options))
    } catch (error) {
      cluster.close()
      throw error
    }
  }

  append(records: readonly LogRecord[]): Promise<void> {
    if (this.#isClosed) return Promise.reject(new MillraceError('LOG_CLOSED', `the writer ${this.#id} has been closed`))
    if (records.length === 0) return this.#last
    // An append that failed has told its own caller; the producer refuses the ones behind it.
    const append = this.#last.catch(() => {}).then(() => this.#producer.commit(records))
    this.#last = append
    return append
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#last.catch(() => {})
    this.#cluster.close()
  }
}
