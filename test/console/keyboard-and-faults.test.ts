// What the pages owe to whoever has no mouse, to whoever mistypes, and to whoever comes by an address that does not hold.

import { expect, test } from 'vitest'
import { axeFaults } from '../support/axe.ts'
import { type Console, NARROW } from '../support/console.ts'
import { Stage } from '../support/stage.ts'
import { SyncPlace } from '../support/sync-place.ts'

let place: SyncPlace
const stage = new Stage(async (opened) => {
  place = opened.use(await SyncPlace.open())
  const opus = await place.site.venue('Opus Ocean Grille')
  await place.site.venue('Bella Vista')
  await place.visits(opus, 3)
  return place.millrace()
})

const focused = (console: Console, role: 'button' | 'heading', name: string | RegExp) =>
  console.page.getByRole(role, { name }).and(console.page.locator(':focus')).waitFor()

test('a dialog gives the focus back, however it is closed', async () => {
  await using console = await stage.open('runs')
  const { page } = console
  for (const close of ['Escape', 'Close', 'x']) {
    await page.getByRole('button', { name: 'New run' }).click()
    const dialog = page.getByRole('dialog', { name: 'New run' })
    if (close === 'Escape') await page.keyboard.press('Escape')
    else
      await dialog
        .getByRole('button', { name: 'Close' })
        .nth(close === 'x' ? 0 : 1)
        .click()
    await dialog.waitFor({ state: 'detached' })
    await focused(console, 'button', 'New run')
  }
})

test('Enter in a field shows what a run would do; a limit that is no number is no limit that is left out', async () => {
  await using console = await stage.open('runs')
  const { page } = console
  await page.getByRole('button', { name: 'New run' }).click()
  const dialog = page.getByRole('dialog', { name: 'New run' })
  const show = dialog.getByRole('button', { name: 'Show what it would do' })
  await dialog.getByLabel('Table').selectOption('comment')
  await dialog.getByLabel('Rows per second').fill('10k')
  await dialog.getByText('A number above 0').waitFor()
  expect(await show.isDisabled()).toBe(true)
  await dialog.getByLabel('Share of the source').fill('101')
  await dialog.getByText('A number above 0, up to 100').waitFor()
  await dialog.getByLabel('Share of the source').fill('')
  await dialog.getByLabel('Rows per second').fill('10')
  await dialog.getByLabel('Rows per second').press('Enter')
  await dialog.getByText('Nothing has been written').waitFor()
  await dialog.getByRole('button', { name: 'Start the backfill' }).click()
  await focused(console, 'heading', /backfill of feedback/)
  await page.getByRole('link', { name: 'All runs' }).click()
  await focused(console, 'heading', 'Runs')
})

test('a button that is at work keeps the focus, and does its work once', async () => {
  await using console = await stage.open('sync')
  const { page } = console
  const orders: string[] = []
  const released = Promise.withResolvers<void>()
  await page.route('**/api/sync/*', async (route) => {
    if (route.request().method() === 'POST') orders.push(route.request().url())
    await released.promise
    await route.continue()
  })
  const button = page.getByRole('button', { name: 'Sync Bella Vista' })
  await button.press('Enter')
  await button.and(page.locator('[aria-busy=true]:focus')).waitFor()
  await button.press('Enter')
  released.resolve()
  await page
    .getByLabel('Messages')
    .getByText(/Bella Vista: /)
    .waitFor()
  expect(orders).toHaveLength(1)
  await focused(console, 'button', 'Sync Bella Vista')
})

test('keys go on after something was picked, and the way to the page forgets what was searched', async () => {
  await using console = await stage.open('sync')
  const { page } = console
  await page.getByRole('row', { name: 'Bella Vista' }).waitFor()
  await page.getByLabel('Search venues').fill('opus')
  await page.getByRole('row', { name: 'Bella Vista' }).waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Data Synchronization' }).click()
  await page.getByRole('row', { name: 'Bella Vista' }).waitFor()
  expect(await page.getByLabel('Search venues').inputValue()).toBe('')
  await page.getByText('Needs Sync', { exact: false }).first().click()
  await page
    .getByRole('radio', { name: /Needs Sync/ })
    .and(page.locator(':focus'))
    .waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('f')
  await focused(console, 'heading', 'Flow')
  await page.setViewportSize(NARROW)
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('link', { name: 'Schedules' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Schedules' }).waitFor({ state: 'hidden' })
  await focused(console, 'button', 'Menu')
})

test('an address that does not hold says so, and what it asks for is shown', async () => {
  await using console = await stage.open('runs/%E0%')
  const { page } = console
  console.expect(/^4\d\d GET \/api\/runs/)
  await page.getByRole('heading', { name: 'Run', level: 1 }).waitFor()
  await page.getByRole('alert').waitFor()
  await page.goto(`${stage.url}/#/runs?connector=gone&kind=backfill`)
  await page.getByRole('combobox', { name: 'Connector' }).waitFor()
  expect(await page.getByRole('combobox', { name: 'Connector' }).inputValue()).toBe('gone')
  await page.getByRole('combobox', { name: 'Connector' }).selectOption('')
  await page.getByRole('link', { name: 'backfill' }).first().waitFor()
  expect(new URL(page.url()).hash).not.toContain('gone')
  await page.goto(`${stage.url}/#/audit`)
  // A page that is shown takes the focus, and with it what is being typed.
  await focused(console, 'heading', 'Audit')
  await page.getByLabel('By').pressSequentially('ann of the office')
  expect(await page.getByLabel('By').inputValue()).toBe('ann of the office')
})

test('a page that cannot be loaded says so, and is loaded again', async () => {
  await using console = await stage.open('sync')
  const { page } = console
  await page.getByRole('row', { name: 'Bella Vista' }).waitFor()
  console.expect(/^404 GET \/console\//)
  await page.route('**/console/*.js', (route) => route.fulfill({ status: 404 }))
  await page.getByRole('link', { name: 'Audit' }).click()
  await page.getByRole('alert').getByText('This page could not be loaded').waitFor()
  await page.unroute('**/console/*.js')
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('heading', { name: 'Audit', level: 1 }).waitFor()
})

test('what cannot be told is not waited for', async () => {
  await using console = await stage.open('sync')
  const { page } = console
  console.expect(...['schedules', 'verify', 'gaps'].map((api) => new RegExp(`^503 GET /api/${api}$`)))
  const error = { code: 'SOURCE_UNREACHABLE', message: 'MySQL does not answer', hint: 'Look at the server.' }
  for (const api of ['schedules', 'verify', 'gaps'])
    await page.route(`**/api/${api}`, (route) => route.fulfill({ status: 503, json: { error } }))
  for (const [name, alerts] of [
    ['schedules', 1],
    ['verification', 2],
  ] as const) {
    await page.goto(`${stage.url}/#/${name}`)
    await page
      .getByRole('alert')
      .getByText('Look at the server.')
      .nth(alerts - 1)
      .waitFor()
    expect(await page.locator('main [aria-busy=true]').count()).toBe(0)
  }
})

test('what cannot be shown says so, and the other pages go on', async () => {
  await using console = await stage.open('sync')
  const { page } = console
  await page.getByRole('row', { name: 'Bella Vista' }).waitFor()
  console.expect(/^TypeError/)
  await page.route('**/api/audit?*', (route) => route.fulfill({ json: { entries: [{}], next: null } }))
  await page.getByRole('link', { name: 'Audit' }).click()
  await page.getByRole('alert').getByText('This cannot be shown').waitFor()
  await focused(console, 'heading', 'Audit')
  await console.takePictures('broken')
  expect(await axeFaults(page)).toEqual([])
  await page.getByRole('link', { name: 'Schedules' }).click()
  await page.getByText('Nothing is scheduled').waitFor()
  expect(await page.getByRole('alert').count()).toBe(0)
  await page.unroute('**/api/audit?*')
  await page.goBack()
  await page.getByRole('columnheader', { name: 'Details' }).waitFor()
})

test('what breaks around the pages says so, too, and goes on when it is loaded again', async () => {
  await using console = await stage.open('sync')
  const { page } = console
  await page.getByRole('row', { name: 'Bella Vista' }).waitFor()
  console.expect(/^TypeError/)
  // A picture of the flow without its troubles is what the navigation cannot count.
  const broken = { headers: { 'content-type': 'text/event-stream' }, body: 'event: flow\ndata: {"flows":[]}\n\n' }
  await page.route('**/api/flow/events', (route) => route.fulfill(broken))
  await page.reload()
  await page.getByRole('alert').getByText('This cannot be shown').waitFor()
  await focused(console, 'heading', 'millrace')
  expect(await page.getByRole('navigation').count()).toBe(0)
  expect(await axeFaults(page)).toEqual([])
  await page.unroute('**/api/flow/events')
  await page.getByRole('button', { name: 'Load the page again' }).click()
  await page.getByRole('row', { name: 'Bella Vista' }).waitFor()
  expect(await page.getByRole('alert').count()).toBe(0)
})
