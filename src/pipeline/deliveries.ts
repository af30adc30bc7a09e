// Whether a connector's deliveries have come as far as the source had at some time.

import { cursorScope } from '../core/cursor.ts'
import type { Position } from '../core/position.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log } from '../log/log.ts'
import type { Clock } from './clock.ts'
import { newestBookmark } from './newest-bookmark.ts'

export interface DeliveriesOptions {
  readonly log: Log
  readonly records: RecordCodec
  readonly clock: Clock
  /** The source's name. */
  readonly source: string
  readonly connector: string
  /** All that it follows. */
  readonly topics: readonly string[]
}

const WAIT_MS_MAX = 30_000
const LOOK_MS = 20

export class Deliveries {
  readonly #options: DeliveriesOptions

  constructor(options: DeliveriesOptions) {
    this.#options = options
  }

  /** Waits until all changes up to this position are delivered; false when that takes too long. */
  async upTo(position: Position, signal: AbortSignal): Promise<boolean> {
    const deadlineMs = this.#options.clock.nowMs() + WAIT_MS_MAX
    const isCaptured = async () => ((await newestBookmark(this.#options))?.position ?? '') >= position
    if (!(await this.#until(isCaptured, deadlineMs, signal))) return false
    const waits = await Promise.all(
      this.#options.topics.map(async (topic) => this.#until(await this.#deliveredOf(topic), deadlineMs, signal)),
    )
    return waits.every((isDelivered) => isDelivered)
  }

  /** What the topic holds by now. While it grows there is always more to deliver; when it rests, its end is never reached. */
  async #deliveredOf(topic: string): Promise<() => Promise<boolean>> {
    const { log, connector } = this.#options
    const ends = new Map((await log.ends(topic)).map((end) => [cursorScope(end), end.offset]))
    return async () => {
      const cursors = await log.committed(connector, topic)
      if (cursors.every((cursor) => cursor.offset >= (ends.get(cursorScope(cursor)) ?? 0))) return true
      return (await log.lag(connector, topic)) === 0
    }
  }

  async #until(isSo: () => Promise<boolean>, deadlineMs: number, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options
    while (!signal.aborted) {
      if (await isSo()) return true
      if (clock.nowMs() > deadlineMs) return false
      await clock.sleep(LOOK_MS, signal)
    }
    return false
  }
}
