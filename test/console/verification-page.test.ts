// Verification as people use it: what differs is found, said why, and repaired.

import { expect, test } from 'vitest'
import type { RunView } from '../../src/control/run-view.ts'
import { examine } from '../support/examine.ts'
import { feedbackHistory } from '../support/feedback-history.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import type { Millrace } from '../support/millrace.ts'
import { Runs } from '../support/runs.ts'
import { expectInert, SCRIPT } from '../support/scripts.ts'
import { Stage } from '../support/stage.ts'

/** Of what is told at once. */
const FIRST = 100

let place: FeedbackPlace
let millrace: Millrace
const stage = new Stage(async (opened) => {
  place = opened.use(await FeedbackPlace.open())
  await feedbackHistory(place.site, { venues: 2, visits: 60 })
  millrace = await (await place.millrace()).ready()
  const runs = new Runs(millrace)
  await runs.done(await runs.backfill({}))
  const comments = await place.table.comments()
  const twelfth = comments.find(({ original_review_id: id }) => Number(id) === 12)
  await place.table.update(twelfth!, { comment_text: SCRIPT })
  return millrace
})

test('what differs is found by mouse, and told with the likely cause', async () => {
  await using console = await stage.open('verification')
  const { page } = console
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
  await using console = await stage.open('verification')
  const { page } = console
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

test('each of many differences is reached, once', async () => {
  const comments = await place.table.comments()
  for (const comment of comments) await place.table.update(comment, { comment_text: 'Somebody else was here.' })
  const runs = new Runs(millrace)
  const { body: ordered } = await runs.ask('POST', '/api/verify', { connector: 'feedback' })
  const { id } = await runs.done(ordered as RunView)
  await using console = await stage.open(`verification/${id}`)
  const { page } = console
  await page.getByText(`${comments.length} differences`).waitFor()
  const shown = page.locator('.differences > li')
  const found: string[] = []
  for (const many of [FIRST, comments.length - FIRST]) {
    await shown.nth(many).waitFor({ state: 'detached' })
    found.push(...(await shown.locator('strong').allTextContents()))
    if (many === FIRST) await page.getByRole('button', { name: 'More' }).press('Enter')
  }
  expect(new Set(found).size).toBe(comments.length)
  expect(await page.getByRole('button', { name: 'More' }).getAttribute('aria-disabled')).toBe('true')
  await page.getByRole('button', { name: 'First' }).press('Enter')
  await shown.nth(FIRST - 1).waitFor()
  await runs.done((await runs.ask('POST', '/api/verify', { connector: 'feedback', repair: true })).body as RunView)
})

test('a gap is repaired only after what that does was seen', async () => {
  await using console = await stage.console()
  const { page } = console
  const runs = new Runs(millrace)
  const repairs = async () => (await runs.list()).filter(({ kind }) => kind === 'repair')
  await page.goto(`${stage.url}/#/verification`)
  await page.getByRole('row', { name: /All venues feedback/ }).waitFor()
  // What a table loses at once, no change of a row tells.
  await place.site.connection.query('TRUNCATE TABLE comment')
  const repair = page.getByRole('button', { name: 'Repair for feedback' })
  await repair.click()
  const dialog = page.getByRole('dialog', { name: 'Repair the gap for feedback?' })
  await dialog.getByText('Nothing has been written').waitFor()
  await examine(console, 'gap')
  await dialog.getByRole('button', { name: 'Leave it' }).click()
  await repair.and(page.locator(':focus')).waitFor()
  expect(await repairs()).toEqual([])
  await page.keyboard.press('Enter')
  await dialog.getByText('Nothing has been written').waitFor()
  await console.tabTo('Repair')
  await page.keyboard.press('Enter')
  await page.getByLabel('Messages').getByText('The repair is ordered').waitFor()
  await page.getByRole('heading', { name: /repair of feedback done/ }).waitFor()
  expect(await repairs()).toHaveLength(1)
  await page.goto(`${stage.url}/#/verification`)
  const gap = page.getByRole('table', { name: 'Gaps' }).getByRole('row', { name: /^comment/ })
  await gap.getByText('repaired').waitFor()
  expect(await repair.count()).toBe(0)
})
