// A browser and what it looks at, for all tests of a file: opened before the first of them, gone after the last.

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { openBrowser } from './browser.ts'
import { Console } from './console.ts'

/** Where a console is served. */
interface Served {
  readonly url: string
}

export class Stage {
  readonly #opened = new AsyncDisposableStack()
  #browser: Browser | null = null
  #served: Served | null = null

  /** What is set up is gone before the browser is. */
  constructor(setUp: (opened: AsyncDisposableStack) => Promise<Served>) {
    beforeAll(async () => {
      this.#browser = this.#opened.use(await openBrowser())
      this.#served = await setUp(this.#opened)
    })
    afterAll(() => this.#opened.disposeAsync())
  }

  get url(): string {
    if (this.#served === null) throw new RangeError('nothing is served')
    return this.#served.url
  }

  /** That has not gone anywhere. */
  async console(options: Parameters<typeof Console.open>[1] = {}): Promise<Console> {
    if (this.#browser === null) throw new RangeError('there is no browser')
    return Console.open(this.#browser, options)
  }

  /** At this place: `runs`, `runs/ID`. */
  async open(place: string, options: Parameters<typeof Console.open>[1] = {}): Promise<Console> {
    const console = await this.console(options)
    await console.page.goto(`${this.url}/#/${place}`)
    return console
  }
}
