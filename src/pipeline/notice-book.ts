// What people were told and what there is to tell, as the log has it: incidents, and what is amiss with other
// processes. It outlives whoever told them.

import type { Incident } from '../core/incident.ts'
import type { Standing } from '../core/standing.ts'
import { NOTICES } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log, LogRecord, StoredRecord } from '../log/log.ts'
import { decideAlone } from './decide-alone.ts'
import { TopicTail } from './topic-tail.ts'

export interface NoticeBookOptions {
  readonly log: Pick<Log, 'ends' | 'range' | 'latest' | 'writer'>
  readonly records: RecordCodec
  readonly signal: AbortSignal
}

const WRITER = 'millrace.notices'

const incidentKey = (id: string) => `incident ${id}`
const standingKey = (process: string) => `standing ${process}`

export class NoticeBook {
  readonly #options: NoticeBookOptions
  readonly #tail: TopicTail
  readonly #incidents = new Map<string, Incident>()
  readonly #standings = new Map<string, Standing>()

  constructor(options: NoticeBookOptions) {
    this.#options = options
    const { log, signal } = options
    this.#tail = new TopicTail({ log, signal, topic: NOTICES, take: (record) => this.#take(record) })
  }

  refresh(): Promise<void> {
    return this.#tail.refresh()
  }

  incidents(): readonly Incident[] {
    return [...this.#incidents.values()]
  }

  standings(): readonly Standing[] {
    return [...this.#standings.values()]
  }

  async keepIncidents(incidents: readonly Incident[]): Promise<void> {
    const packed = incidents.map(async (one) => {
      return keyed(incidentKey(one.id), await this.#options.records.pack('incident', one))
    })
    await this.#append(await Promise.all(packed))
  }

  forgetIncidents(ids: readonly string[]): Promise<void> {
    return this.#append(ids.map((id) => keyed(incidentKey(id), null)))
  }

  async keepStanding(standing: Standing): Promise<void> {
    const value = await this.#options.records.pack('standing', standing)
    await this.#append([keyed(standingKey(standing.process), value)])
  }

  forgetStandings(processes: readonly string[]): Promise<void> {
    return this.#append(processes.map((process) => keyed(standingKey(process), null)))
  }

  async #append(records: readonly LogRecord[]): Promise<void> {
    if (records.length === 0) return
    await decideAlone(this.#options.log, WRITER, (writer) => writer.append(records))
  }

  async #take({ key, value }: StoredRecord): Promise<void> {
    const name = Buffer.from(key).toString()
    const { records } = this.#options
    if (value === null) {
      for (const book of [this.#incidents, this.#standings]) book.delete(name)
    } else if (name.startsWith('incident ')) this.#incidents.set(name, await records.unpack('incident', value))
    else if (name.startsWith('standing ')) this.#standings.set(name, await records.unpack('standing', value))
  }
}

function keyed(key: string, value: Uint8Array | null): LogRecord {
  return { topic: NOTICES, key: Buffer.from(key), value }
}
