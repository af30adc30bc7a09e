// Data Synchronization as people use it: by mouse and by keyboard, in a real browser, on a real millrace.

import { test } from 'vitest'
import { examine } from '../support/examine.ts'
import { expectInert, SCRIPT } from '../support/scripts.ts'
import { Stage } from '../support/stage.ts'
import { SyncPlace } from '../support/sync-place.ts'
import { until } from '../support/until.ts'

let place: SyncPlace
const stage = new Stage(async (opened) => {
  place = opened.use(await SyncPlace.open())
  const opus = await place.site.venue('Opus Ocean Grille')
  await place.site.venue('Bella Vista')
  await place.site.venue('Downtown Bistro')
  await place.site.venue(SCRIPT)
  const millrace = await place.millrace()
  await place.visits(opus, 15)
  await until(async () => ((await place.commentsOf(opus)) === 15 ? true : null), { what: 'the reviews are delivered' })
  return millrace
})

test('a venue is synced by mouse, and says so', async () => {
  await using console = await stage.console()
  const { page } = console
  await page.goto(stage.url)
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
  await using console = await stage.open('sync')
  const { page } = console
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
  await using console = await stage.open('sync')
  const { page } = console
  await expectInert(page.locator('main'), SCRIPT)
  await page.getByRole('button', { name: `Sync ${SCRIPT}` }).click()
  await expectInert(page.getByLabel('Messages'), SCRIPT)
})
