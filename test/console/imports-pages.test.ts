// Dead letters, Schedules and Audit as people use them, after an import of a file with rows that cannot be right.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Console } from '../support/console.ts'
import { examine } from '../support/examine.ts'
import { ImportPlace } from '../support/import-place.ts'
import { Stage } from '../support/stage.ts'

const SCRIPT = `<img src=x onerror="document.title='hacked'">`
const dialect = { delimiter: ',', quote: '"', hasHeader: true }
const from = { kind: 'csv', file: 'songs.csv', dialect, mapping: {}, constants: { content_type: 'music' } }
const TOKENS = { eve: 'viewer', bob: 'operator' }
const tokenOf = (name: string) => `token-of-${name}-in-a-test`

let place: ImportPlace
const stage = new Stage(async (opened) => {
  const settings = {
    MILLRACE_TOKENS: Object.entries(TOKENS)
      .map(([name, role]) => `${name}:${role}:${tokenOf(name)}`)
      .join(),
    MILLRACE_CONTENT_SCHEDULES: JSON.stringify([
      { name: 'songs', cron: '0 4 1 1 *', zone: 'Europe/Madrid', imports: [{ table: 'content_index', from }] },
    ]),
  }
  place = opened.use(await ImportPlace.open(settings))
  await writeFile(join(place.folder, 'songs.csv'), 'external_id,title\n1,One\n2,Two\n')
  const rows = ['1,Soup,4.50', `2,${SCRIPT},much`, '3,Bread,free', '4,Wine,dear']
  await writeFile(join(place.folder, 'prices.csv'), `external_id,name,price\n${rows.join('\n')}\n`)
  const bob = place.as(tokenOf('bob'))
  const asked = { sourceType: 'csv', sourceIdentifier: 'prices.csv', options: { targetTable: 'catalog_items' } }
  const { body } = await bob.ask('POST', '/v1/sync/trigger', asked)
  expect(await bob.done(body as never)).toMatchObject({ tally: { applied: 1, rejected: 3 } })
  return place
})

async function signedIn(name: keyof typeof TOKENS, page: string): Promise<Console> {
  const console = await stage.console()
  // Nobody has signed in yet.
  console.expect(/^401 GET \/api\/session$/)
  await console.page.goto(`${place.url}/#/${page}`)
  await console.page.getByLabel('Token').fill(tokenOf(name))
  await console.page.keyboard.press('Enter')
  await console.page.getByRole('heading', { level: 1 }).filter({ hasNotText: 'millrace' }).waitFor()
  return console
}

test('a dead letter is read, retried and dropped with a note', async () => {
  await using console = await signedIn('bob', 'dead')
  const { page } = console
  const rows = page.getByRole('row', { name: /catalog_items/ })
  await rows.nth(2).waitFor()
  const [reason] = await page
    .getByLabel('Reason')
    .getByRole('option', { name: /^price is "…".* \(3\)$/ })
    .allTextContents()
  await page.getByLabel('Reason').selectOption(reason!)
  await page.getByText('No dead letters').waitFor({ state: 'hidden' })
  await rows.nth(2).waitFor()
  await examine(console, 'dead')
  await page.getByRole('link', { name: /mr_name 2/ }).click()
  const letter = page.getByRole('dialog', { name: 'Dead letter' })
  await letter.getByText(SCRIPT).first().waitFor()
  expect(await page.title()).toBe('Dead letters · millrace')
  await examine(console, 'dead-letter')
  await letter.getByRole('button', { name: 'Retry' }).click()
  const retry = page.getByRole('dialog', { name: 'Retry dead letters?' })
  await retry.getByText('1 row', { exact: true }).waitFor()
  await examine(console, 'dead-retry')
  await retry.getByRole('button', { name: 'Retry' }).click()
  await page.getByLabel('Messages').getByText('They are tried again').waitFor()
  await page.getByRole('checkbox', { name: /mr_name 3/ }).check()
  await page.getByRole('button', { name: 'Drop 1' }).click()
  const drop = page.getByRole('dialog', { name: 'Drop 1 dead letter?' })
  expect(await drop.getByRole('button', { name: 'Drop' }).isDisabled()).toBe(true)
  await examine(console, 'dead-drop')
  await drop.getByLabel('Note').fill('bread is not sold any more')
  await drop.getByRole('button', { name: 'Drop' }).click()
  await page.getByRole('row', { name: /mr_name 3/ }).waitFor({ state: 'detached' })
})

test('letters are chosen and dropped by keyboard alone', async () => {
  await using console = await signedIn('bob', 'dead')
  const { page } = console
  await page.getByRole('row', { name: /mr_name 4/ }).waitFor()
  await console.tabTo('Choose catalog_items mr_name 4')
  await page.keyboard.press('Space')
  await console.tabTo('Drop 1', 'Shift+Tab')
  await page.keyboard.press('Enter')
  await console.tabTo('Note')
  await page.keyboard.type('nobody buys it')
  await console.tabTo('Drop')
  await page.keyboard.press('Enter')
  await page.getByRole('row', { name: /mr_name 4/ }).waitFor({ state: 'detached' })
})

test('a schedule says when it is due, and is run at once, by mouse or by keyboard', async () => {
  await using console = await signedIn('bob', 'schedules')
  const { page } = console
  const songs = page.getByRole('row', { name: /content\/songs/ })
  await songs.getByText('Europe/Madrid').waitFor()
  await songs.getByRole('button', { name: 'Run now: content/songs' }).click()
  await songs.getByText('done').waitFor()
  await console.tabTo('Run now: import-retry')
  await page.keyboard.press('Enter')
  await page.getByLabel('Messages').getByText('import-retry: there is nothing to do').waitFor()
  await examine(console, 'schedules')
})

test('who did what is on record, and narrowed down to one of them', async () => {
  await using console = await signedIn('bob', 'audit')
  const { page } = console
  await page.getByRole('row', { name: /drop/ }).first().waitFor()
  await page.getByText('bread is not sold any more').waitFor()
  await page.getByLabel('Action').selectOption('order')
  await page.getByRole('row', { name: /drop/ }).first().waitFor({ state: 'detached' })
  await page
    .getByRole('link', { name: /order import of content/ })
    .first()
    .waitFor()
  await page.getByLabel('Action').blur()
  await console.tabTo('By')
  await page.keyboard.type('nobody')
  await page.getByText('Nobody has done such a thing').waitFor()
  await page.getByLabel('By').fill('')
  await page.getByLabel('Action').selectOption('')
  await page.getByRole('row', { name: /drop/ }).first().waitFor()
  await examine(console, 'audit')
})

test('what a viewer may not do is not offered', async () => {
  await using console = await signedIn('eve', 'dead')
  // There are none here to sync.
  console.expect(/^400 GET \/api\/venues/)
  const { page } = console
  await page.getByRole('link', { name: /mr_name 2/ }).waitFor()
  expect(await page.getByRole('button', { name: /Retry|Drop/ }).count()).toBe(0)
  expect(await page.getByRole('checkbox').count()).toBe(0)
  for (const [key, title] of [
    ['t', 'Schedules'],
    ['r', 'Runs'],
    ['v', 'Verification'],
    ['s', 'Data Synchronization'],
  ]) {
    await page.keyboard.press('g')
    await page.keyboard.press(key!)
    await page.getByRole('heading', { name: title!, level: 1 }).waitFor()
    expect(await page.locator('main').getByRole('button').allTextContents()).toEqual([])
  }
  await page.getByText('No connector that runs here has venues').waitFor()
  console.expect(/^403 POST \/api\/backfills$/)
  const refused = await page.evaluate(async () => (await fetch('/api/backfills', { method: 'POST' })).status)
  expect(refused).toBe(403)
})
