// A real browser that looks at the console. What a page reports as wrong (an error, a refused script, something that jumps)
// fails the test that looked.

import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { CHROMIUM_FLAGS, findChromium } from '../../src/stack/chromium.ts'

export const WIDE = { width: 1280, height: 800 }
export const NARROW = { width: 390, height: 844 }

const PICTURES = fileURLToPath(new URL('../../.millrace/screenshots/', import.meta.url))
const WAIT_MS = 40_000
const TABS_MAX = 60
/** What a browser says of an answer that a test asked for. */
const EXPECTED = /Failed to load resource|net::ERR_/

export class Console implements AsyncDisposable {
  readonly page: Page
  readonly #context: BrowserContext
  readonly #faults: string[] = []

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context
    this.page = page
    page.setDefaultTimeout(WAIT_MS)
    page.on('pageerror', (error) => this.#faults.push(String(error)))
    page.on('console', (message) => {
      const isWrong = message.type() === 'error' || /Content Security Policy/i.test(message.text())
      if (isWrong && !EXPECTED.test(message.text())) this.#faults.push(message.text())
    })
  }

  static async open(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}): Promise<Console> {
    const context = await browser.newContext({ viewport: WIDE, locale: 'en-US', ...options })
    return new Console(context, await context.newPage())
  }

  /** What the page did wrong so far. */
  get faults(): readonly string[] {
    return this.#faults
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

  /** At both widths, light and dark. */
  async takePictures(name: string): Promise<void> {
    await mkdir(PICTURES, { recursive: true })
    for (const [size, viewport] of Object.entries({ wide: WIDE, narrow: NARROW })) {
      await this.page.setViewportSize(viewport)
      for (const colorScheme of ['light', 'dark'] as const) {
        await this.page.emulateMedia({ colorScheme })
        await this.page.screenshot({ path: `${PICTURES}${name}-${size}-${colorScheme}.png`, fullPage: true })
      }
    }
    await this.page.setViewportSize(WIDE)
    await this.page.emulateMedia({ colorScheme: 'light' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close()
  }
}

export async function openBrowser(): Promise<Browser & AsyncDisposable> {
  const { executablePath, env } = await findChromium()
  return chromium.launch({ executablePath, args: CHROMIUM_FLAGS, env: { ...process.env, ...env } })
}
