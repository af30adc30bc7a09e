// What guests, files and servers write is text on every page, in a real browser, under the policy that the server sends.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'vitest'
import { CrowdedPlace } from '../support/crowded-place.ts'
import { fieldConflict } from '../support/field-conflict.ts'
import { expectInert, SCRIPT, SCRIPT_NAME } from '../support/scripts.ts'
import { Stage } from '../support/stage.ts'

const FILE = `${SCRIPT_NAME}.csv`
/** Nobody has put it there. */
const MISSING = `missing ${SCRIPT_NAME}.csv`
const dialect = { delimiter: ',', quote: '"', hasHeader: true }
const from = { kind: 'csv', file: MISSING, dialect, mapping: {}, constants: { content_type: 'music' } }
const missing = { name: 'missing', cron: '0 4 1 1 *', zone: 'UTC', imports: [{ table: 'content_index', from }] }

let place: CrowdedPlace
const stage = new Stage(async (opened) => {
  place = opened.use(await CrowdedPlace.open({ MILLRACE_CONTENT_SCHEDULES: JSON.stringify([missing]) }))
  const { imports } = place
  const quoted = `"${SCRIPT.replaceAll('"', '""')}"`
  await writeFile(join(imports.folder, FILE), `external_id,name,price\n1,${quoted},${quoted}\n`)
  const asked = { sourceType: 'csv', sourceIdentifier: FILE, options: { targetTable: 'catalog_items' } }
  await imports.done(await imports.trigger(asked))
  await place.letters([`refused: ${SCRIPT}`])
  await place.conflicts([
    fieldConflict({
      ...{ row: SCRIPT, key: [SCRIPT], group: SCRIPT, why: SCRIPT, foundAtMs: Date.now() },
      ...{ mysql: { comment_text: SCRIPT, [SCRIPT]: 1 }, dynamodb: { comment_text: `${SCRIPT} too` } },
    }),
  ])
  return place.imports
})

test('comments and reasons of dead letters', async () => {
  await using console = await stage.open('dead')
  const { page } = console
  await page
    .getByRole('link', { name: /catalog_items/ })
    .nth(1)
    .waitFor()
  await expectInert(page.locator('main tbody'), `refused: ${SCRIPT}`)
  await page
    .getByRole('link', { name: /catalog_items/ })
    .last()
    .click()
  await page.getByRole('dialog').getByRole('row', { name: /^name/ }).waitFor()
  await expectInert(page.getByRole('dialog'), SCRIPT)
})

test('both versions of a conflict, its row and its why', async () => {
  await using console = await stage.open('conflicts')
  const { page } = console
  await expectInert(page.locator('main'), SCRIPT)
  await page.getByRole('link', { name: /^products / }).click()
  await page
    .getByRole('dialog')
    .getByRole('row', { name: /comment_text/ })
    .waitFor()
  await expectInert(page.getByRole('dialog'), `${SCRIPT} too`)
})

test('names of files', async () => {
  await using console = await stage.open('runs')
  const { page } = console
  await expectInert(page.locator('main'), FILE)
  await page.locator('main').getByRole('link', { name: 'import' }).click()
  await page.getByRole('heading', { name: /import of content/ }).waitFor()
  await expectInert(page.locator('main'), FILE)
})

test('names of files, where it is told who did what', async () => {
  await using console = await stage.open('audit')
  await expectInert(console.page.getByRole('row', { name: /order import of content/ }), FILE)
})

test('the text of an error', async () => {
  await using console = await stage.open('schedules')
  const { page } = console
  const row = page.getByRole('row', { name: /^content\/missing/ })
  await row.getByRole('button', { name: 'Run now: content/missing' }).click()
  await row.getByText('failed').waitFor()
  await row.getByRole('link').click()
  await page.getByRole('heading', { name: 'import of content failed' }).waitFor()
  await expectInert(page.locator('main').getByRole('alert'), MISSING)
})
