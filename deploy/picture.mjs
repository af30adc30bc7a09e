// Takes the README's picture of the console, deploy/console.png, from the demo at work: `npm run picture`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { CHROMIUM_FLAGS, findChromium } from '../src/stack/chromium.ts'

const SIZE = { width: 1_280, height: 640 }
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const PICTURE = fileURLToPath(new URL('console.png', import.meta.url))
/** So many venues have been synced by hand; the others were not yet. */
const SYNCED = 3

const demo = spawn(process.execPath, [MAIN, 'demo'], { stdio: ['ignore', 'pipe', 'inherit'] })
try {
  const address = await said(demo.stdout, /its console is at (\S+)/)
  const { executablePath, env } = await findChromium()
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS, env: { ...process.env, ...env } })
  const page = await browser.newPage({ viewport: SIZE, locale: 'en-US', colorScheme: 'light' })
  await page.goto(address)
  const history = page.getByRole('region', { name: 'Recent Sync History' })
  for (let venue = 0; venue < SYNCED; venue++) {
    const name = await page.locator('tbody tr').nth(venue).getByRole('button').getAttribute('aria-label')
    await page.getByRole('button', { name, exact: true }).click()
    await history.getByText('done').nth(venue).waitFor()
  }
  await page.mouse.move(0, 0)
  await page.getByLabel('Messages').getByRole('paragraph').first().waitFor({ state: 'detached' })
  await page.screenshot({ path: PICTURE })
  await browser.close()
} finally {
  demo.kill('SIGINT')
  await once(demo, 'exit')
}

async function said(stream, pattern) {
  for await (const line of createInterface(stream)) {
    const found = pattern.exec(line)?.[1]
    if (found !== undefined) {
      stream.resume()
      return found
    }
  }
  throw new Error('the demo ended before it said where its console is')
}
