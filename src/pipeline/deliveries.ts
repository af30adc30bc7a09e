// Whether a connector's deliveries have come as far as the source had at some time.

import type { Position } from '../core/position.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log } from '../log/log.ts'
import { deliveredOf } from './await-delivery.ts'
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
    const { log, connector, topics } = this.#options
    const waits = await Promise.all(
      topics.map(async (topic) => this.#until(await deliveredOf(log, connector, topic), deadlineMs, signal)),
    )
    return waits.every((isDelivered) => isDelivered)
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
