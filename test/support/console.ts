// The console as a real browser shows it. What goes wrong while somebody looks fails the test that looked, unless the test has said
// that it will: an error, a refused script, an answer of failure or none, something that jumps.

import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page, Request } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { watchShifts } from './layout-shifts.ts'

export const WIDE = { width: 1280, height: 800 }
export const NARROW = { width: 390, height: 844 }

const PICTURES = fileURLToPath(new URL('../../.millrace/screenshots/', import.meta.url))
/** Of a page as tall as that, what is in view says enough. */
const TALL = 4_000
const WAIT_MS = 40_000
const TABS_MAX = 60
/** What a browser logs of an answer or of none: told below with what was asked. */
const TOLD_ANYWAY = /Failed to load resource|net::ERR_/
/** The page itself asked for no more of it, or was left. */
const GIVEN_UP = 'net::ERR_ABORTED'

export class Console implements AsyncDisposable {
  readonly page: Page
  readonly #context: BrowserContext
  readonly #faults: string[] = []
  readonly #expected: { readonly fault: RegExp; hasCome: boolean }[] = []

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context
    this.page = page
    page.setDefaultTimeout(WAIT_MS)
    page.on('pageerror', (error) => this.#note(String(error)))
    page.on('console', (message) => {
      const isWrong = message.type() === 'error' || /Content Security Policy/i.test(message.text())
      if (isWrong && !TOLD_ANYWAY.test(message.text())) this.#note(message.text())
    })
    page.on('response', (response) => {
      if (response.status() >= 400) this.#note(`${response.status()} ${asked(response.request())}`)
    })
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? ''
      if (why !== GIVEN_UP) this.#note(`${why} ${asked(request)}`)
    })
  }

  static async open(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}): Promise<Console> {
    const context = await browser.newContext({ viewport: WIDE, locale: 'en-US', ...options })
    const console = new Console(context, await context.newPage())
    await watchShifts(context, (shift) => console.#note(shift))
    onTestFinished(() => expect(console.faults).toEqual([]))
    return console
  }

  /** What went wrong so far, and what should have and did not. */
  get faults(): readonly string[] {
    const missing = this.#expected.filter(({ hasCome }) => !hasCome)
    return [...this.#faults, ...missing.map(({ fault }) => `nothing came that is ${fault}`)]
  }

  /** This will go wrong, once or more: it is what the test is about. */
  expect(...faults: readonly RegExp[]): void {
    this.#expected.push(...faults.map((fault) => ({ fault, hasCome: false })))
  }

  /** By the keyboard, as somebody without a mouse does: to what is called so. */
  async tabTo(name: string, key = 'Tab'): Promise<void> {
    const passed: string[] = []
    while (passed.length < TABS_MAX) {
      const focused = await this.page
        .locator(':focus')
        .ariaSnapshot({ timeout: 1_000 })
        .catch(() => '')
      // The first line is its own, the others are of what it holds.
      if (focused.split('\n')[0]?.includes(`"${name}"`)) return
      passed.push(focused)
      await this.page.keyboard.press(key)
    }
    throw new Error(`${name} is not reached by the keyboard, only ${passed.join(', ')}`)
  }

  async takePicture(name: string): Promise<void> {
    await mkdir(PICTURES, { recursive: true })
    const height = await this.page.locator('html').evaluate(({ scrollHeight }) => scrollHeight)
    await this.page.screenshot({ path: `${PICTURES}${name}.png`, fullPage: height < TALL })
  }

  /** At both widths, light and dark. */
  async takePictures(name: string): Promise<void> {
    for (const [size, viewport] of Object.entries({ wide: WIDE, narrow: NARROW })) {
      await this.page.setViewportSize(viewport)
      for (const colorScheme of ['light', 'dark'] as const) {
        await this.page.emulateMedia({ colorScheme })
        await this.takePicture(`${name}-${size}-${colorScheme}`)
      }
    }
    await this.page.setViewportSize(WIDE)
    await this.page.emulateMedia({ colorScheme: 'light' })
  }

  /** Beside the pictures: what is measured for people to look at, and proves nothing on a machine that is busy. */
  async keepMeasured(name: string, measured: unknown): Promise<void> {
    await mkdir(PICTURES, { recursive: true })
    await writeFile(`${PICTURES}${name}.json`, `${JSON.stringify(measured)}\n`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close()
  }

  #note(fault: string): void {
    const expected = this.#expected.filter((one) => one.fault.test(fault))
    for (const one of expected) one.hasCome = true
    if (expected.length === 0) this.#faults.push(fault)
  }
}

function asked(request: Request): string {
  const { pathname, search } = new URL(request.url())
  return `${request.method()} ${pathname}${search}`
}
