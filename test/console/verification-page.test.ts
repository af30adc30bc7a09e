// Verification as people use it: what differs is found, said why, and repaired.

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { axeFaults } from '../support/axe.ts'
import { openBrowser } from '../support/browser.ts'
import { Console } from '../support/console.ts'
import { examine } from '../support/examine.ts'
import { feedbackHistory } from '../support/feedback-history.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import type { Millrace } from '../support/millrace.ts'
import { Runs } from '../support/runs.ts'
import { expectInert, SCRIPT } from '../support/scripts.ts'

let browser: Browser & AsyncDisposable
let place: FeedbackPlace
let millrace: Millrace
beforeAll(async () => {
  browser = await openBrowser()
  place = await FeedbackPlace.open()
  await feedbackHistory(place.site, { venues: 2, visits: 20 })
  millrace = await (await place.millrace()).ready()
  const runs = new Runs(millrace)
  await runs.done(await runs.backfill({}))
  const comments = await place.table.comments()
  const twelfth = comments.find(({ original_review_id: id }) => Number(id) === 12)
  await place.table.update(twelfth!, { comment_text: SCRIPT })
})
afterAll(async () => {
  await place?.[Symbol.asyncDispose]()
  await browser?.[Symbol.asyncDispose]()
})

test('what differs is found by mouse, and told with the likely cause', async () => {
  await using console = await Console.open(browser)
  const { page } = console
  await page.goto(`${millrace.url}/#/verification`)
  await page.getByText('Nothing has been verified yet').waitFor()
  await page.getByRole('button', { name: 'Verify' }).click()
  const dialog = page.getByRole('dialog', { name: 'Verify both sides' })
  await dialog.getByLabel('Connector').selectOption('feedback')
  await examine(console, 'verification-new')
  await dialog.getByRole('button', { name: 'Verify', exact: true }).click()
  await page.getByRole('heading', { name: /done/ }).waitFor()
  await page.getByRole('heading', { name: '1 row differs' }).waitFor()
  await expectInert(page.locator('main'), SCRIPT)
  await examine(console, 'verification')
})

test('and repaired by keyboard alone, whereupon both sides agree', async () => {
  await using console = await Console.open(browser)
  const { page } = console
  await page.goto(`${millrace.url}/#/verification`)
  await page.getByRole('button', { name: 'Verify' }).waitFor()
  for (const repairs of [true, false]) {
    await console.tabTo('Verify')
    await page.keyboard.press('Enter')
    await console.tabTo('Repair what differs')
    if (repairs) await page.keyboard.press('Space')
    await console.tabTo(repairs ? 'Verify and repair' : 'Verify')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: /done/ }).waitFor()
    await page
      .getByText(repairs ? 'mended' : 'Both sides agree')
      .first()
      .waitFor()
    await console.tabTo('All verifications', 'Shift+Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Verification', level: 1, exact: true }).waitFor()
  }
  await page.getByRole('row', { name: /All venues feedback/ }).waitFor()
  await examine(console, 'verifications')
})

test('a gap is repaired only after what that does was seen', async () => {
  await using console = await Console.open(browser)
  const { page } = console
  const gap = {
    ...{ id: 'g1', source: 'mysql', tables: ['comment'], from: null, to: '2026-11-27T10:00:00.000Z', reason: 'purged' },
    connectors: [{ connector: 'feedback', tables: ['comment'], state: 'open', run: null, repaired_at: null }],
  }
  const orders: unknown[] = []
  await page.route('**/api/gaps', (route) => route.fulfill({ json: [gap] }))
  await page.route('**/api/gaps/repair', async (route) => {
    const order = route.request().postDataJSON() as { readonly dry_run: boolean }
    orders.push(order)
    const runs = new Runs(millrace)
    await route.fulfill({ json: order.dry_run ? await runs.forecast({}) : (await runs.list())[0] })
  })
  await page.goto(`${millrace.url}/#/verification`)
  await page.getByRole('button', { name: 'Repair for feedback' }).click()
  const dialog = page.getByRole('dialog', { name: 'Repair the gap for feedback?' })
  await dialog.getByText('Nothing has been written').waitFor()
  await console.takePictures('gap')
  expect(await axeFaults(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Leave it' }).click()
  expect(orders).toEqual([{ connector: 'feedback', gap: 'g1', dry_run: true }])
  await page.getByRole('button', { name: 'Repair for feedback' }).click()
  await dialog.getByRole('button', { name: 'Repair' }).click()
  await page.getByLabel('Messages').getByText('The repair is ordered').waitFor()
  expect(orders.at(-1)).toEqual({ connector: 'feedback', gap: 'g1', dry_run: false })
})
