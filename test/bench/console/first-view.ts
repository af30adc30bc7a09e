// The console's first view in a real browser that knows nothing of it yet: what it loads, and when the venues are there; and
// how long the slowest frame takes while somebody scrolls through them.

import type { Browser, Page } from 'playwright-core'

export interface FirstView {
  readonly kilobytes: number
  readonly usableMs: number
  readonly slowestFrameMs: number
}

const SCROLLS = 30
const SCROLL_PX = 120

export async function firstView(browser: Browser, url: string, venue: string): Promise<FirstView> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  try {
    const page = await context.newPage()
    const network = await context.newCDPSession(page)
    let bytes = 0
    network.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength
    })
    await network.send('Network.enable')
    await page.goto(url, { waitUntil: 'commit' })
    await page.getByRole('row', { name: venue }).first().waitFor()
    const usableMs = await page.evaluate(() => performance.now())
    return { kilobytes: bytes / 1_000, usableMs, slowestFrameMs: await slowestFrame(page) }
  } finally {
    await context.close()
  }
}

/** It runs in the page. */
const WATCH_FRAMES = `
  globalThis.worstFrame = 0
  let last = performance.now()
  const look = (now) => {
    globalThis.worstFrame = Math.max(globalThis.worstFrame, now - last)
    last = now
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
`

async function slowestFrame(page: Page): Promise<number> {
  await page.evaluate(WATCH_FRAMES)
  await page.mouse.move(640, 500)
  for (let scroll = 0; scroll < SCROLLS; scroll++) {
    await page.mouse.wheel(0, scroll < SCROLLS / 2 ? SCROLL_PX : -SCROLL_PX)
  }
  return page.evaluate<number>('globalThis.worstFrame')
}
