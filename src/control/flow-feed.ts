// Looks once a second for all who listen, and only while somebody does. What has not changed is not sent again.

import type { Clock } from '../pipeline/clock.ts'
import { errorAnswer } from './error-answer.ts'
import type { FlowView } from './flow-view.ts'

export interface FlowFeedOptions {
  readonly look: () => Promise<FlowView>
  readonly clock: Clock
}

/** Where events are written to: the answer to one request. */
export interface Listener {
  /** What was written is still on its way: more would only pile up. */
  readonly writableNeedDrain: boolean
  write(text: string): unknown
}

interface Told {
  readonly said: string
  readonly sentMs: number
}

const NOTHING: Told = { said: '', sentMs: 0 }
const EVERY_MS = 1_000
const KEEP_ALIVE_MS = 15_000

export class FlowFeed {
  readonly #options: FlowFeedOptions
  /** With what each was told last. */
  readonly #listeners = new Map<Listener, Told>()
  #looked: { readonly view: Promise<FlowView>; readonly atMs: number } | null = null
  #isRunning = false

  constructor(options: FlowFeedOptions) {
    this.#options = options
  }

  /** At most a second old, whoever asks. */
  async view(): Promise<FlowView> {
    const nowMs = this.#options.clock.nowMs()
    const last = this.#looked
    if (last !== null && nowMs - last.atMs < EVERY_MS) return last.view
    const looked = { view: this.#options.look(), atMs: nowMs }
    this.#looked = looked
    return looked.view
  }

  /** Until the signal aborts. */
  async listen(listener: Listener, signal: AbortSignal): Promise<void> {
    const first = await this.#event()
    if (signal.aborted) return
    this.#listeners.set(listener, NOTHING)
    this.#send(listener, first)
    const { promise: gone, resolve } = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => resolve(), { once: true })
    void this.#run()
    await gone
    this.#listeners.delete(listener)
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    const never = new AbortController().signal
    while (this.#listeners.size > 0) {
      await this.#options.clock.sleep(EVERY_MS, never)
      const event = await this.#event()
      for (const listener of this.#listeners.keys()) this.#send(listener, event)
    }
    this.#isRunning = false
  }

  /** What it says, and the same without the time. */
  async #event(): Promise<readonly [text: string, said: string]> {
    try {
      const { at, ...rest } = await this.view()
      const said = JSON.stringify(rest)
      return [`event: flow\ndata: {"at":"${at}",${said.slice(1)}\n\n`, said]
    } catch (error) {
      const text = `event: error\ndata: ${JSON.stringify(errorAnswer(error).body)}\n\n`
      return [text, text]
    }
  }

  #send(listener: Listener, [text, said]: readonly [string, string]): void {
    const nowMs = this.#options.clock.nowMs()
    const last = this.#listeners.get(listener) ?? NOTHING
    const isNews = last.said !== said
    if (listener.writableNeedDrain || (!isNews && nowMs - last.sentMs < KEEP_ALIVE_MS)) return
    listener.write(isNews ? text : ': nothing has changed\n\n')
    this.#listeners.set(listener, { said, sentMs: nowMs })
  }
}
