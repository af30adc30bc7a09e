// Flow as people see it: what moves, how far behind it is, what is wrong and the command that mends it.

import { expect, test } from 'vitest'
import { axeFaults } from '../support/axe.ts'
import { NARROW, WIDE } from '../support/console.ts'
import { type DynamodbProxy, openDynamodbProxy } from '../support/dynamodb-proxy.ts'
import { Stage } from '../support/stage.ts'
import { SyncPlace } from '../support/sync-place.ts'

let proxy: DynamodbProxy
let place: SyncPlace
const stage = new Stage(async (opened) => {
  place = opened.use(await SyncPlace.open())
  proxy = opened.use(await openDynamodbProxy(place.settings.MILLRACE_DYNAMODB_ENDPOINT!))
  Object.assign(place.settings, { MILLRACE_DYNAMODB_ENDPOINT: proxy.url })
  return place.millrace()
})

test('shows what flows, by keyboard alone, and keeps up with it', async () => {
  await using console = await stage.console()
  const { page } = console
  await page.goto(stage.url)
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

test('what waits for a slow target is on the way, and arrives', async () => {
  await using console = await stage.open('flow')
  const { page } = console
  await page.getByText('Everything flows').waitFor()
  proxy.plan = ({ operation }) => (/Put|Update|Write/u.test(operation) ? { kind: 'delay', ms: 500 } : null)
  await place.visits(await place.site.venue('Bella Vista'), 200)
  await page.getByText(/^[\d,]+ records? on the way$/u).waitFor()
  proxy.plan = () => null
  await page.getByText('Everything flows').waitFor()
})

test('the log stands in each row where there is no room for one that all rows share', async () => {
  await using console = await stage.open('flow')
  const { page } = console
  const [shared, own] = [page.locator('.picture-log'), page.locator('.picture-row .picture-gap')]
  await shared.getByText('SQLite file').waitFor()
  expect(await own.first().isVisible()).toBe(false)
  await page.setViewportSize(NARROW)
  await own.first().getByText('SQLite file').waitFor()
  await own.first().getByText(/\/s$/u).waitFor()
  expect(await own.count()).toBe(await page.locator('.picture-row').count())
  expect(await shared.isVisible()).toBe(false)
  await page.setViewportSize(WIDE)
  await shared.getByText('SQLite file').waitFor()
})
