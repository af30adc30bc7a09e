// Runs as people use them: what one would do is seen before it starts, and what it does while it is at work.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { axeFaults } from '../support/axe.ts'
import { examine } from '../support/examine.ts'
import { ImportPlace } from '../support/import-place.ts'
import { Stage } from '../support/stage.ts'
import { SyncPlace } from '../support/sync-place.ts'

let place: SyncPlace
const stage = new Stage(async (opened) => {
  place = opened.use(await SyncPlace.open())
  const opus = await place.site.venue('Opus Ocean Grille')
  await place.visits(opus, 120)
  return place.millrace()
})

test('a backfill is foreseen, started, paused, limited, resumed and cancelled by mouse', async () => {
  await using console = await stage.open('runs')
  const { page } = console
  await page.getByRole('button', { name: 'New run' }).click()
  const dialog = page.getByRole('dialog', { name: 'New run' })
  await dialog.getByLabel('Key from').fill('1')
  console.expect(/^400 POST \/api\/backfills$/)
  await dialog.getByRole('button', { name: 'Show what it would do' }).click()
  await dialog.getByRole('alert').getByText('SCOPE_INVALID').waitFor()
  expect(await dialog.getByRole('button', { name: 'Start the backfill' }).isDisabled()).toBe(true)
  await dialog.getByLabel('Key from').fill('')
  // What is to be read out has its region before it has its words.
  const told = dialog.locator('[aria-live]')
  expect(await told.allTextContents()).toEqual([''])
  await dialog.getByLabel('Table').selectOption('comment')
  await dialog.getByLabel('Rows per second').fill('2')
  await dialog.getByRole('button', { name: 'Show what it would do' }).click()
  await told.getByText('120 rows').first().waitFor()
  await examine(console, 'runs-new')
  await dialog.getByRole('button', { name: 'Start the backfill' }).click()
  await page.getByRole('heading', { name: /backfill of feedback/ }).waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('heading', { name: /paused/ }).waitFor()
  await page.getByRole('button', { name: 'Limits' }).click()
  await page.getByLabel('Rows per second').fill('3')
  await examine(console, 'run-limits')
  await page.getByRole('button', { name: 'Set' }).click()
  await page.getByText('3 rows/s').first().waitFor()
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByRole('heading', { name: /running/ }).waitFor()
  await console.takePictures('run')
  expect(await axeFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Cancel run' }).click()
  await page.getByRole('dialog').getByText('It cannot be resumed').waitFor()
  await examine(console, 'run-cancel')
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel run' }).click()
  await page.getByRole('heading', { name: /cancelled/ }).waitFor()
  await page.getByRole('link', { name: 'All runs' }).click()
  await page
    .getByRole('row', { name: /backfill of feedback/ })
    .getByText('cancelled')
    .waitFor()
  await console.takePictures('runs')
  expect(await axeFaults(page)).toEqual([])
})

test('a replay is started by keyboard alone', async () => {
  await using console = await stage.open('runs')
  const { page } = console
  await page.getByRole('button', { name: 'New run' }).waitFor()
  await console.tabTo('New run')
  await page.keyboard.press('Enter')
  await console.tabTo('Backfill')
  await page.keyboard.press('ArrowRight')
  await page.getByRole('radio', { name: 'Replay' }).and(page.locator(':checked')).waitFor()
  await console.tabTo('Show what it would do')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'What it would do' }).getByText(/rows/).first().waitFor()
  await console.tabTo('Start the replay')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: /replay of feedback/ }).waitFor()
  await page.getByRole('heading', { name: /done/ }).waitFor()
})

test('an import is taken back, after what that does was seen and a reason given', async () => {
  await using imports = await ImportPlace.open()
  await writeFile(join(imports.folder, 'prices.csv'), 'external_id,name,price\n1,Soup,4.50\n2,<b>Bread</b>,2.00\n')
  const run = await imports.trigger({
    sourceType: 'csv',
    sourceIdentifier: 'prices.csv',
    options: { targetTable: 'catalog_items' },
  })
  await imports.done(run)
  await using console = await stage.console()
  const { page } = console
  await page.goto(`${imports.url}/#/runs/${run.id}`)
  await page.getByRole('heading', { name: /import of content/ }).waitFor()
  await page
    .getByRole('row', { name: /catalog_items/ })
    .first()
    .waitFor()
  await examine(console, 'run-import')
  await page.getByRole('button', { name: 'Take back' }).click()
  const dialog = page.getByRole('dialog', { name: 'Take the import back?' })
  await dialog.getByText('2 rows').waitFor()
  expect(await dialog.getByRole('button', { name: 'Take back' }).isDisabled()).toBe(true)
  await examine(console, 'run-rollback')
  await dialog.getByLabel('Reason').fill('wrong prices')
  await dialog.getByRole('button', { name: 'Take back' }).click()
  await page.getByRole('heading', { name: /rollback of content/ }).waitFor()
  await page.getByRole('heading', { name: /done/ }).waitFor()
})
