// What the pages owe to whoever enlarges them, chooses the colours, has them read out, or cannot bear that things move.

import { expect, test } from 'vitest'
import type { RunView } from '../../src/control/run-view.ts'
import type { Console } from '../support/console.ts'
import { examine } from '../support/examine.ts'
import { lackingRoom } from '../support/lacking-room.ts'
import { still } from '../support/read-out.ts'
import { Runs } from '../support/runs.ts'
import { Stage } from '../support/stage.ts'
import { SyncPlace } from '../support/sync-place.ts'

const PAGES = {
  sync: 'Data Synchronization',
  flow: 'Flow',
  runs: 'Runs',
  dead: 'Dead letters',
  conflicts: 'Conflicts',
  verification: 'Verification',
  schedules: 'Schedules',
  audit: 'Audit',
}
interface Moving {
  readonly effect: { getComputedTiming(): { readonly activeDuration?: unknown } } | null
}

let place: SyncPlace
let backfill: RunView
const stage = new Stage(async (opened) => {
  place = opened.use(await SyncPlace.open())
  const opus = await place.site.venue('Opus Ocean Grille')
  await place.site.venue('Bella Vista of the Lakes and the Mountains')
  await place.visits(opus, 3)
  const millrace = await (await place.millrace()).ready()
  const runs = new Runs(millrace)
  backfill = await runs.done(await runs.backfill({ venue: String(opus) }))
  const verify = await runs.ask('POST', '/api/verify', { connector: 'feedback' })
  await runs.done(verify.body as never)
  return millrace
})

/** Each page in turn, once nothing of it is still to come. */
async function* visited(console: Console): AsyncGenerator<keyof typeof PAGES> {
  const { page } = console
  for (const [name, title] of Object.entries(PAGES)) {
    await page.goto(`${stage.url}/#/${name}`)
    await page.getByRole('heading', { name: title, level: 1 }).waitFor()
    await page.locator('main :is(table, .picture)').first().waitFor()
    await page.locator('main :is([aria-busy=true], .skeleton)').first().waitFor({ state: 'detached' })
    yield name as keyof typeof PAGES
  }
}

test('with next to nothing to show, and at any width, a page loses nothing and scrolls one way only', async () => {
  await using console = await stage.console({ deviceScaleFactor: 2 })
  for await (const name of visited(console)) expect(await lackingRoom(console.page), name).toEqual([])
})

test('where the system chooses the colours, what is chosen is still seen', async () => {
  await using console = await stage.open('sync', { forcedColors: 'active' })
  const { page } = console
  await page.getByRole('row', { name: 'Opus Ocean Grille' }).waitFor()
  const outlines = (selector: string) =>
    page
      .locator(selector)
      .evaluateAll((all) => all.map((one) => one.ownerDocument.defaultView?.getComputedStyle(one).outlineStyle))
  expect(await outlines('.choice input:checked + span')).toEqual(['solid'])
  expect(new Set(await outlines('.choice input:not(:checked) + span'))).toEqual(new Set(['none']))
  expect(await outlines('nav a[aria-current]')).toEqual(['solid'])
  await console.takePictures('forced-colors-sync')
  await page.goto(`${stage.url}/#/flow`)
  await page.locator('.arrow-line').first().waitFor()
  const isSeen = await page
    .locator('.arrow-line')
    .first()
    .evaluate((line) => {
      const view = line.ownerDocument.defaultView
      const [own, around] = [line, line.ownerDocument.body].map((one) => view?.getComputedStyle(one).backgroundColor)
      return own !== around
    })
  expect(isSeen).toBe(true)
  await console.takePictures('forced-colors-flow')
})

test('nothing moves for whoever cannot bear it', async () => {
  await using console = await stage.console({ reducedMotion: 'reduce' })
  const { page } = console
  await page.route('**/api/venues?*', () => undefined)
  await page.goto(`${stage.url}/#/sync`)
  await page.locator('.skeleton-line').first().waitFor()
  const moving = () =>
    page
      .locator('html')
      .evaluate(
        ({ ownerDocument }) =>
          ownerDocument
            .getAnimations()
            .filter((one: Moving) => Number(one.effect?.getComputedTiming().activeDuration) > 1).length,
      )
  expect(await moving()).toBe(0)
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  expect(await moving()).toBeGreaterThan(0)
})

test('what is wrong, what was run, and the way to every page are read out by names and roles', async () => {
  await using console = await stage.open('flow')
  const { page } = console
  await page.getByText('1 to look at').first().waitFor()
  await examine(console, 'flow')
  await page.goto(`${stage.url}/#/runs`)
  await page.getByRole('link', { name: 'backfill' }).waitFor()
  await examine(console, 'runs')
  await page.goto(`${stage.url}/#/runs/${backfill.id}`)
  await page.getByRole('heading', { name: 'backfill of feedback done' }).waitFor()
  await examine(console, 'run')
  const around = await page.getByRole('banner').ariaSnapshot()
  await expect(`${still(around)}\n`).toMatchFileSnapshot('read-out/navigation.txt')
  expect(await page.getByRole('region', { name: 'Messages' }).getAttribute('aria-live')).toBe('polite')
})
