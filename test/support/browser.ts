// A real browser: the Chromium of the machine.

import { type Browser, chromium } from 'playwright-core'
import { CHROMIUM_FLAGS, findChromium } from '../../src/stack/chromium.ts'

export async function openBrowser(): Promise<Browser & AsyncDisposable> {
  const { executablePath, env } = await findChromium()
  return chromium.launch({ executablePath, args: CHROMIUM_FLAGS, env: { ...process.env, ...env } })
}
