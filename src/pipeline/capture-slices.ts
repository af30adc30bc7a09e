// Captures the slices of a source that this process holds. The log shares them out among all processes as it does
// partitions, and its fenced writers see to it that nobody goes on with one that another has taken over.

import { MillraceError } from '../core/errors.ts'
import { slicesTopic } from '../core/topic.ts'
import type { Share } from '../log/log.ts'
import { type CaptureOptions, capture } from './capture.ts'
import type { Appended, Observer } from './observer.ts'
import { Slices } from './slices.ts'
import type { Attempt } from './supervisor.ts'
import { together } from './together.ts'

export interface CaptureSlicesOptions extends CaptureOptions {
  readonly observer: CaptureOptions['observer'] & Pick<Observer, 'sliced'>
  /** What goes on beside the capture of the first slice, and so in one process alone. */
  readonly beside?: (work: Work) => Work
}

type Work = (attempt: Attempt) => Promise<void>

/** Whoever takes a slice over may be quicker than the word that it is to be let go. */
const LET_GO_MS_MAX = 5_000

/** Attempts to read what it holds, and to stand by while others hold all, until something fails or it is asked to end. */
export function captureSlices(options: CaptureSlicesOptions): (attempt: Attempt) => Promise<void> {
  const slices = new Slices(options)
  return (attempt) => follow(options, slices, attempt)
}

async function follow(options: CaptureSlicesOptions, slices: Slices, attempt: Attempt): Promise<void> {
  const { source, log, topics, observer } = options
  const topic = slicesTopic(source.name, slices.ids.length)
  await log.declare([...topics, { topic, partitions: slices.ids.length, isCompacted: true }])
  await together(attempt.signal, async (signal, start) => {
    const holding = new Holding(options, slices)
    const onShare = (share: Share) => {
      const ids = share.map(({ partition }) => slices.ids[partition] ?? '')
      for (const { id, ending } of holding.settle(ids)) {
        start(holding.capture(id, { ...attempt, signal: AbortSignal.any([signal, ending]) }))
      }
      observer.sliced({ source: source.name, slices: ids.length })
      if (ids.length === 0) attempt.progress()
    }
    // Nothing is ever written there: it is followed for the share alone.
    for await (const batch of log.follow(topic, [topic], { signal, onShare })) await batch.commit()
    if (!signal.aborted) throw new MillraceError('INTERNAL', 'the log ended without being asked to')
  })
}

class Holding {
  readonly #options: CaptureSlicesOptions
  readonly #slices: Slices
  readonly #held = new Map<string, AbortController>()
  readonly #seenMs = new Map<string, number>()
  #opened: Promise<void> | null = null

  constructor(options: CaptureSlicesOptions, slices: Slices) {
    this.#options = options
    this.#slices = slices
  }

  /** Lets go what is not among these; answers what is to be begun, and what will end it. */
  settle(ids: readonly string[]): readonly { readonly id: string; readonly ending: AbortSignal }[] {
    for (const [id, ending] of this.#held) {
      if (ids.includes(id)) continue
      ending.abort()
      this.#held.delete(id)
      this.#seenMs.delete(id)
    }
    const gained = ids.filter((id) => !this.#held.has(id)).map((id) => ({ id, ending: new AbortController() }))
    for (const { id, ending } of gained) this.#held.set(id, ending)
    return gained.map(({ id, ending }) => ({ id, ending: ending.signal }))
  }

  async capture(id: string, attempt: Attempt): Promise<void> {
    this.#opened ??= this.#slices.open()
    await this.#opened
    try {
      const { observer: outer } = this.#options
      const observer: CaptureOptions['observer'] = {
        appended: (fact) => outer.appended(this.#withOthers(id, fact)),
        skipped: (gap) => outer.skipped(gap),
      }
      const alone = (own: Attempt) => capture({ ...this.#options, id, observer }, own)
      const { beside } = this.#options
      await (beside === undefined || id !== this.#slices.ids[0] ? alone : beside(alone))(attempt)
    } catch (error) {
      if (attempt.signal.aborted) return
      if (!(error instanceof MillraceError) || error.code !== 'LOG_FENCED') throw error
      await this.#letGo(id, error, attempt.signal)
    }
  }

  /** The source as a whole has come as far as the slice that is furthest behind. */
  #withOthers(id: string, fact: Appended): Appended {
    this.#seenMs.set(id, fact.sourceTimeMs)
    return { ...fact, sourceTimeMs: Math.min(...this.#seenMs.values()) }
  }

  async #letGo(id: string, fenced: MillraceError, signal: AbortSignal): Promise<void> {
    await this.#options.clock.sleep(LET_GO_MS_MAX, signal)
    if (signal.aborted) return
    throw new MillraceError('LOG_CURSOR_LOST', `another process reads ${id} now`, { cause: fenced })
  }
}
