// Texts that would run as scripts wherever they were taken for anything but text.

import type { Locator } from 'playwright-core'
import { expect } from 'vitest'

const RUN = "document.title='hacked'"

/** Without a slash, so that it can be the name of a file. */
export const SCRIPT_NAME = `<img src=x onerror="${RUN}"><svg onload="${RUN}">`
export const SCRIPT = `"'>${SCRIPT_NAME}<script>${RUN}</script><iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`

/** The text stands there as it was written, and nothing came of it. What the browser refuses fails the test by itself. */
export async function expectInert(within: Locator, text: string): Promise<void> {
  await within.getByText(text).first().waitFor()
  const page = within.page()
  expect(await page.title()).toMatch(/· millrace$/)
  expect(await page.locator('img, iframe, [onload], [onerror], body script').count()).toBe(0)
}
