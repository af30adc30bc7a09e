// The gaps of some sources as the log has them; it may hold gaps of others too.

import { type Gap, gapKey } from '../core/gap.ts'
import { GAPS } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log, StoredRecord } from '../log/log.ts'
import { TopicTail } from './topic-tail.ts'

export interface GapTailOptions {
  readonly log: Pick<Log, 'ends' | 'range' | 'latest'>
  readonly records: RecordCodec
  /** Their names. */
  readonly sources: readonly string[]
  readonly signal: AbortSignal
}

export class GapTail {
  readonly #options: GapTailOptions
  readonly #tail: TopicTail
  readonly #gaps = new Map<string, Gap>()

  constructor(options: GapTailOptions) {
    this.#options = options
    const { log, signal } = options
    this.#tail = new TopicTail({ log, signal, topic: GAPS, take: (record) => this.#take(record) })
  }

  refresh(): Promise<void> {
    return this.#tail.refresh()
  }

  /** With their ids, the oldest first. */
  all(): readonly (readonly [id: string, gap: Gap])[] {
    return [...this.#gaps].toSorted(([, one], [, other]) => one.toMs - other.toMs)
  }

  async #take({ key, value }: StoredRecord): Promise<void> {
    const id = Buffer.from(key).toString()
    const gap = value === null ? null : await this.#options.records.unpack('gap', value)
    if (gap !== null && this.#options.sources.includes(gap.source)) this.#gaps.set(gapKey(gap), gap)
    else this.#gaps.delete(id)
  }
}
