// Which process tells people: the one that holds the topic of notices. A log that is away leaves it as it was; where nobody
// has held it yet, each speaks for itself rather than nobody at all.

import { MillraceError } from '../core/errors.ts'
import { NOTICES } from '../core/topic.ts'
import type { Log, Share } from '../log/log.ts'
import type { Clock } from './clock.ts'

export interface FollowNoticesOptions {
  readonly log: Pick<Log, 'declare' | 'follow'>
  readonly clock: Clock
}

const READER = 'millrace.notices'
const ALONE_AFTER_MS = 60_000
const AGAIN_MS = 5_000

export class FollowNotices {
  readonly #options: FollowNoticesOptions
  readonly #startedAtMs: number
  #holds: boolean | null = null

  constructor(options: FollowNoticesOptions) {
    this.#options = options
    this.#startedAtMs = options.clock.nowMs()
  }

  get isTelling(): boolean {
    return this.#holds ?? this.#options.clock.nowMs() - this.#startedAtMs > ALONE_AFTER_MS
  }

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { log, clock } = this.#options
    while (!signal.aborted) {
      try {
        await log.declare([{ topic: NOTICES, partitions: 1, isCompacted: true }])
        const onShare = ({ length }: Share) => {
          this.#holds = length > 0
        }
        for await (const batch of log.follow(READER, [NOTICES], { signal, onShare })) await batch.commit()
      } catch (error) {
        // Why the log does not answer is the parts' to say.
        if (!(error instanceof MillraceError) || error.fate === 'crash') throw error
      }
      await clock.sleep(AGAIN_MS, signal)
    }
  }
}
