// Data Synchronization as people use it: by mouse and by keyboard, in a real browser, on a real millrace.

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { Console } from '../support/console.ts'
import { examine } from '../support/examine.ts'
import type { Millrace } from '../support/millrace.ts'
import { expectInert, SCRIPT } from '../support/scripts.ts'
import { SyncPlace } from '../support/sync-place.ts'
import { until } from '../support/until.ts'

let browser: Browser & AsyncDisposable
let place: SyncPlace
let millrace: Millrace
beforeAll(async () => {
  browser = await openBrowser()
  place = await SyncPlace.open()
  const opus = await place.site.venue('Opus Ocean Grille')
  await place.site.venue('Bella Vista')
  await place.site.venue('Downtown Bistro')
  await place.site.venue(SCRIPT)
  millrace = await place.millrace()
  await millrace.ready()
  await place.visits(opus, 15)
  await until(async () => ((await place.commentsOf(opus)) === 15 ? true : null), { what: 'the reviews are delivered' })
})
afterAll(async () => {
  await millrace?.[Symbol.asyncDispose]()
  await place?.[Symbol.asyncDispose]()
  await browser?.[Symbol.asyncDispose]()
})

test('a venue is synced by mouse, and says so', async () => {
  await using console = await Console.open(browser)
  const { page } = console
  await page.goto(millrace.url)
  const row = page.getByRole('row', { name: 'Opus Ocean Grille' })
  await row.getByRole('button', { name: 'Sync Opus Ocean Grille' }).click()
  await page
    .getByLabel('Messages')
    .getByText(/Opus Ocean Grille: /)
    .waitFor()
  await row.getByText('Synced', { exact: true }).waitFor()
  await row.getByText(/just now|seconds ago/).waitFor()
  await page.getByRole('listitem').filter({ hasText: 'Opus Ocean Grille' }).first().waitFor()
  await examine(console, 'sync')
})

test('all venues are synced by keyboard alone', async () => {
  await using console = await Console.open(browser)
  const { page } = console
  await page.goto(`${millrace.url}/#/sync`)
  await page.getByRole('row', { name: 'Bella Vista' }).waitFor()
  await console.tabTo('Sync All Venues')
  await page.keyboard.press('Enter')
  await page
    .getByLabel('Messages')
    .getByText(/All venues: /)
    .waitFor()
  await page.getByRole('row', { name: 'Downtown Bistro' }).getByText('Synced', { exact: true }).waitFor()
})

test('a name that is a script is a name, also in passing', async () => {
  await using console = await Console.open(browser)
  const { page } = console
  await page.goto(`${millrace.url}/#/sync`)
  await expectInert(page.locator('main'), SCRIPT)
  await page.getByRole('button', { name: `Sync ${SCRIPT}` }).click()
  await expectInert(page.getByLabel('Messages'), SCRIPT)
})
