// Flow as people see it: what moves, how far behind it is, what is wrong and the command that mends it.

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { axeFaults } from '../support/axe.ts'
import { openBrowser } from '../support/browser.ts'
import { Console } from '../support/console.ts'
import type { Millrace } from '../support/millrace.ts'
import { SyncPlace } from '../support/sync-place.ts'

let browser: Browser & AsyncDisposable
let place: SyncPlace
let millrace: Millrace
beforeAll(async () => {
  browser = await openBrowser()
  place = await SyncPlace.open()
  millrace = await place.millrace()
  await millrace.ready()
})
afterAll(async () => {
  await millrace?.[Symbol.asyncDispose]()
  await place?.[Symbol.asyncDispose]()
  await browser?.[Symbol.asyncDispose]()
})

test('shows what flows, by keyboard alone, and keeps up with it', async () => {
  await using console = await Console.open(browser)
  const { page } = console
  await page.goto(millrace.url)
  await page.getByRole('heading', { name: 'Data Synchronization' }).waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('f')
  await page.getByRole('heading', { name: 'Flow', level: 1 }).waitFor()
  const row = page.getByRole('row', { name: /^feedback/ })
  await row.getByText('running').waitFor()
  await page.getByText('Everything flows').waitFor()
  const opus = await place.site.venue('Opus Ocean Grille')
  const visits = place.visits(opus, 200)
  await row
    .getByText(/[1-9][\d,.]*\/s/)
    .first()
    .waitFor()
  await console.takePictures('flow')
  await visits
  await row.getByText(/ ms/).first().waitFor()
  expect(await axeFaults(page)).toEqual([])
})
