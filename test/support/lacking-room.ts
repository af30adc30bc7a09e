// What does not fit at one of the widths between a phone and a desk, enlarged to twice its size among them: what is wider than
// its box, and what sticks out of the window or of the dialog. Wide tables scroll by themselves.

import type { Page } from 'playwright-core'

/** A window of 1280 by 800, enlarged to twice its size; and what lies between a phone and a desk. */
const SIZES = [
  { width: 640, height: 400 },
  { width: 320, height: 640 },
  { width: 760, height: 800 },
  { width: 860, height: 800 },
  { width: 1_280, height: 800 },
]
const BOXES = 'html, dialog[open], .table-frame:not(.scroll), .card, .field, .pick, button, td, th'

/** One line for each at each size; the window is then as it was. */
export async function lackingRoom(page: Page): Promise<readonly string[]> {
  const before = page.viewportSize()
  const lacking: string[] = []
  for (const size of SIZES) {
    await page.setViewportSize(size)
    const found = [...(await wider(page)), ...(await stickingOut(page))]
    lacking.push(...found.map((one) => `at ${size.width}: ${one}`))
  }
  if (before !== null) await page.setViewportSize(before)
  return lacking
}

function wider(page: Page): Promise<readonly string[]> {
  return page
    .locator(BOXES)
    .evaluateAll((all) =>
      all
        .filter((one) => one.closest('.scroll') === null && one.scrollWidth > one.clientWidth + 1)
        .map((one) => `${one.tagName}.${one.className} is wider than its box: ${one.textContent?.slice(0, 60)}`),
    )
}

function stickingOut(page: Page): Promise<readonly string[]> {
  return page.locator(':is(main, dialog[open]) *').evaluateAll((all) =>
    all
      .filter((one) => {
        const frame = (one.closest('dialog') ?? one.ownerDocument.documentElement).getBoundingClientRect()
        const { left, right, width, height } = one.getBoundingClientRect()
        const isSeen = width > 1 && height > 1 && one.closest('.scroll, .unseen, option') === null
        return isSeen && (left < frame.left - 1 || right > frame.right + 1)
      })
      .map((one) => `${one.tagName}.${one.className} sticks out: ${one.textContent?.slice(0, 60)}`),
  )
}
