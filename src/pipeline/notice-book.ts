// What people were told and what there is to tell, as the log has it: incidents, what is amiss with other processes, what they
// counted, and what was told once. It outlives whoever told them.

import type { DayFigures } from '../core/figures.ts'
import type { Told } from '../core/told.ts'
import { NOTICES } from '../core/topic.ts'
import type { OwnRecords, RecordCodec } from '../log/codec.ts'
import type { Log, LogRecord, StoredRecord } from '../log/log.ts'
import { decideAlone } from './decide-alone.ts'
import { TopicTail } from './topic-tail.ts'

export interface NoticeBookOptions {
  readonly log: Pick<Log, 'ends' | 'range' | 'latest' | 'writer'>
  readonly records: RecordCodec
  readonly signal: AbortSignal
}

type Kept = 'incident' | 'standing' | 'figures' | 'told'

const WRITER = 'millrace.notices'

/** What each is called among those of its kind. */
const NAME_OF: { readonly [Kind in Kept]: (one: OwnRecords[Kind]) => string } = {
  incident: ({ id }) => id,
  standing: ({ process }) => process,
  figures: ({ dayMs, process }) => `${dayMs} ${process}`,
  told: ({ name }) => name,
}

export class NoticeBook {
  readonly #options: NoticeBookOptions
  readonly #tail: TopicTail
  readonly #kept: { readonly [Kind in Kept]: Map<string, OwnRecords[Kind]> } = {
    incident: new Map(),
    standing: new Map(),
    figures: new Map(),
    told: new Map(),
  }

  constructor(options: NoticeBookOptions) {
    this.#options = options
    const { log, signal } = options
    this.#tail = new TopicTail({ log, signal, topic: NOTICES, take: (record) => this.#take(record) })
  }

  refresh(): Promise<void> {
    return this.#tail.refresh()
  }

  all<Kind extends Kept>(kind: Kind): readonly OwnRecords[Kind][] {
    return [...this.#kept[kind].values()]
  }

  /** When that was which people were told of under this name; null where they were not. */
  toldMs(name: string): number | null {
    return this.#kept.told.get(name)?.atMs ?? null
  }

  async keep<Kind extends Kept>(kind: Kind, all: readonly OwnRecords[Kind][]): Promise<void> {
    const { records } = this.#options
    const packed = all.map(async (one) => keyed(kind, NAME_OF[kind](one), await records.pack(kind, one)))
    await this.#append(await Promise.all(packed))
  }

  forget<Kind extends Kept>(kind: Kind, all: readonly OwnRecords[Kind][]): Promise<void> {
    return this.#append(all.map((one) => keyed(kind, NAME_OF[kind](one), null)))
  }

  /** It was told, and what it was made of is gone with that, at once: neither is ever told twice. */
  async keepTold(told: Told, spent: readonly DayFigures[]): Promise<void> {
    const value = await this.#options.records.pack('told', told)
    const gone = spent.map((one) => keyed('figures', NAME_OF.figures(one), null))
    await this.#append([keyed('told', NAME_OF.told(told), value), ...gone])
  }

  async #append(records: readonly LogRecord[]): Promise<void> {
    if (records.length === 0) return
    await decideAlone(this.#options.log, WRITER, (writer) => writer.append(records))
  }

  async #take({ key, value }: StoredRecord): Promise<void> {
    const [kind = '', ...rest] = Buffer.from(key).toString().split(' ')
    // What a newer millrace may keep here is for that one.
    if (isKind(kind)) await this.#takeAs(kind, { name: rest.join(' '), value })
  }

  async #takeAs<Kind extends Kept>(kind: Kind, { name, value }: { name: string; value: Uint8Array | null }) {
    const all: Map<string, OwnRecords[Kind]> = this.#kept[kind]
    if (value === null) all.delete(name)
    else all.set(name, await this.#options.records.unpack(kind, value))
  }
}

function isKind(text: string): text is Kept {
  return Object.hasOwn(NAME_OF, text)
}

function keyed(kind: Kept, name: string, value: Uint8Array | null): LogRecord {
  return { topic: NOTICES, key: Buffer.from(`${kind} ${name}`), value }
}
