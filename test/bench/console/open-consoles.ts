// Consoles as many people leave them open: each follows the flow, and asks for a page of venues and the latest syncs as often
// as the page itself does at rest.

import { setTimeout as delay } from 'node:timers/promises'

const PATHS = ['/api/venues?search=&sort=name&limit=50&offset=0', '/api/sync/history?limit=8']
const ASK_EVERY_MS = 5_000

export class OpenConsoles implements AsyncDisposable {
  readonly #ending = new AbortController()
  readonly #all: readonly Promise<void>[]

  constructor(url: string, count: number) {
    const one = (index: number) => [this.#follow(url), this.#ask(url, (index / count) * ASK_EVERY_MS)]
    this.#all = Array.from({ length: count }, (_, index) => one(index)).flat()
  }

  /** Throws what went wrong with any of them. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort()
    await Promise.all(this.#all)
  }

  async #follow(url: string): Promise<void> {
    const { signal } = this.#ending
    await this.#untilTheEnd(async () => {
      const answer = await fetch(`${url}/api/flow/events`, { signal })
      for await (const _ of answer.body ?? []) if (signal.aborted) return
    })
  }

  /** Not all at the same moment. */
  async #ask(url: string, afterMs: number): Promise<void> {
    const { signal } = this.#ending
    await this.#untilTheEnd(async () => {
      await delay(afterMs, undefined, { signal })
      for (;;) {
        for (const path of PATHS) {
          const answer = await fetch(url + path, { signal })
          await answer.text()
          if (!answer.ok) throw new Error(`${path} answers ${answer.status}`)
        }
        await delay(ASK_EVERY_MS, undefined, { signal })
      }
    })
  }

  async #untilTheEnd(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!this.#ending.signal.aborted) throw error
    }
  }
}
