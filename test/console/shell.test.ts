// The frame of the console: signing in, what it does while the server is slow, wrong or away, and how much it is to load.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { freePort } from '../../src/stack/free-port.ts'
import { type Console, NARROW } from '../support/console.ts'
import { examine } from '../support/examine.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import { Millrace } from '../support/millrace.ts'
import { Stage } from '../support/stage.ts'

const TOKEN = 'token-of-ann-in-a-test'
const VENUES = 5_000
const FIRST_VIEW_BYTES_MAX = 100_000
/** Nobody has signed in yet. */
const NOBODY = /^401 GET \/api\/session$/

let place: FeedbackPlace
let millrace: Millrace
let port: number
const start = async () => {
  const settings = { ...place.settings, MILLRACE_TOKENS: `ann:operator:${TOKEN}` }
  return (await Millrace.start(settings, [], port)).ready()
}
const stage = new Stage(async (opened) => {
  place = opened.use(await FeedbackPlace.open())
  port = await freePort()
  const names = Array.from({ length: VENUES }, (_, at) => `('Venue number ${String(at).padStart(4, '0')}')`)
  await place.site.connection.query(`INSERT INTO client (name) VALUES ${names}`)
  millrace = await start()
  // Another one than this where it was started again.
  opened.defer(() => millrace[Symbol.asyncDispose]())
  return millrace
})

async function signedIn(page: string): Promise<Console> {
  const console = await stage.console()
  console.expect(NOBODY)
  await console.page.goto(`${stage.url}/#/${page}`)
  await console.page.getByLabel('Token').fill(TOKEN)
  await console.page.keyboard.press('Enter')
  return console
}

const firstVenue = (console: Console) => console.page.getByRole('row', { name: 'Venue number 0000' })

/** What is seen of the table once a frame was drawn, every few pixels down the middle of the window. */
const rowsInView = (page: Page) =>
  page.locator('main').evaluate(async (main) => {
    const { ownerDocument: document } = main
    await new Promise((resolve) => document.defaultView?.requestAnimationFrame(resolve))
    const { top, bottom } = main.querySelector('tbody')!.getBoundingClientRect()
    const blank: number[] = []
    for (let y = Math.max(0, top + 1); y < Math.min(800, bottom - 1); y += 20) {
      const text = document.elementFromPoint(640, y)?.closest('tr')?.textContent
      if (!text?.includes('Venue number')) blank.push(y)
    }
    return { rows: main.querySelectorAll('tr').length, blank }
  })

/** What is made anew in the table from now on, and what keeps the browser from answering. */
const watchTable = (page: Page) =>
  page.locator('main tbody').evaluateHandle((body) => {
    const view = body.ownerDocument.defaultView!
    const seen = { made: 0, longTasksMs: [] as number[] }
    const count = (changes: readonly { readonly addedNodes: { readonly length: number } }[]) => {
      for (const { addedNodes } of changes) seen.made += addedNodes.length
    }
    new view.MutationObserver(count).observe(body, { childList: true, subtree: true })
    const note = (list: { readonly getEntries: () => readonly { readonly duration: number }[] }) => {
      seen.longTasksMs.push(...list.getEntries().map(({ duration }) => duration))
    }
    new PerformanceObserver(note).observe({ type: 'longtask' as 'mark' })
    return seen
  })

test('one signs in by a token, stays so, and signs out', async () => {
  await using console = await stage.console()
  console.expect(NOBODY, /^401 POST \/api\/session$/)
  const { page } = console
  await page.goto(stage.url)
  await page.getByLabel('Token').fill('token-of-nobody')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('there is no such token').waitFor()
  await examine(console, 'sign-in')
  expect(await page.getByLabel('Token').inputValue()).toBe('token-of-nobody')
  await page.getByLabel('Token').fill(TOKEN)
  await page.keyboard.press('Enter')
  await firstVenue(console).waitFor()
  const cookies = await page.context().cookies()
  expect(cookies).toEqual([expect.objectContaining({ httpOnly: true, sameSite: 'Strict' })])
  expect(JSON.stringify(cookies)).not.toContain(TOKEN)
  await page.reload()
  await firstVenue(console).waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Token').waitFor()
  await page.reload()
  await page.getByLabel('Token').waitFor()
})

test('a restart of the server is said, survived, and loses nothing that was typed', async () => {
  await using console = await signedIn('runs')
  const { page } = console
  await page.getByRole('button', { name: 'New run' }).click()
  await page.getByLabel('Venue').fill('42')
  console.expect(/^net::ERR_CONNECTION_REFUSED GET /, /^net::ERR_INCOMPLETE_CHUNKED_ENCODING GET \/api\/flow/)
  expect(await millrace.stop()).toBe(0)
  await page.getByRole('status').getByText('No answer from the server since').waitFor()
  await console.takePictures('away')
  millrace = await start()
  await page.getByRole('status').getByText('The server is back.').waitFor()
  expect(await page.getByLabel('Venue').inputValue()).toBe('42')
  await page.getByRole('button', { name: 'Show what it would do' }).click()
  await page.getByRole('alert').or(page.getByText('Nothing has been written')).waitFor()
})

test('a slow answer is waited for with its place kept, so that nothing jumps', async () => {
  await using console = await signedIn('sync')
  const { page } = console
  await firstVenue(console).waitFor()
  const released = Promise.withResolvers<void>()
  await page.route('**/api/venues?*', async (route) => {
    await released.promise
    await route.continue()
  })
  await page.reload()
  await page.locator('table[aria-busy=true] .skeleton-line').first().waitFor()
  released.resolve()
  await firstVenue(console).waitFor()
  await page.unroute('**/api/venues?*')
  await page.route('**/api/venues?*', () => undefined)
  await page.reload()
  await page.locator('table[aria-busy=true] .skeleton-line').first().waitFor()
  await console.takePictures('slow')
})

test('a wrong answer says what to do, and is asked for again', async () => {
  await using console = await signedIn('sync')
  const { page } = console
  await firstVenue(console).waitFor()
  const error = { code: 'SOURCE_UNREACHABLE', message: '<b>no</b> answer from MySQL', hint: 'Look at the server.' }
  console.expect(/^503 GET \/api\/venues/)
  await page.route('**/api/venues?*', (route) => route.fulfill({ status: 503, json: { error } }))
  await page.reload()
  const alert = page.getByRole('alert')
  await alert.getByText('<b>no</b> answer from MySQL').waitFor()
  await alert.getByText('Look at the server.').waitFor()
  await examine(console, 'wrong')
  await page.unroute('**/api/venues?*')
  await alert.getByRole('button', { name: 'Try again' }).click()
  await firstVenue(console).waitFor()
  expect(await alert.count()).toBe(0)
})

test('of thousands of venues a page is shown, searched by keyboard, and turned', async () => {
  await using console = await signedIn('sync')
  const { page } = console
  await firstVenue(console).waitFor()
  await page.getByText('1–50 of 5,000').waitFor()
  expect(await page.locator('main tr').count()).toBeLessThan(60)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('row', { name: 'Venue number 0050' }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('number 4321')
  await page.getByRole('row', { name: 'Venue number 4321' }).waitFor()
  await firstVenue(console).waitFor({ state: 'detached' })
  expect(new URL(page.url()).hash).toBe('#/sync?search=number+4321')
})

test('pages of thousands of venues scroll without a blank row, a jump, or anything made anew', async () => {
  await using console = await signedIn('sync')
  const { page } = console
  await firstVenue(console).waitFor()
  await page.mouse.move(640, 400)
  const measured: object[] = []
  for (const first of ['Venue number 0050', 'Venue number 0100', 'Venue number 4950']) {
    if (first.endsWith('4950')) await page.goto(`${stage.url}/#/sync?from=4950`)
    else await page.getByRole('button', { name: 'Next' }).click()
    await page.getByRole('row', { name: first }).waitFor()
    const watched = await watchTable(page)
    for (let at = 0; at < 12; at++) {
      await page.mouse.wheel(0, at < 9 ? 400 : -900)
      const seen = await rowsInView(page)
      expect(seen.rows).toBeLessThan(60)
      expect(seen.blank).toEqual([])
    }
    const { made, longTasksMs } = await watched.jsonValue()
    expect(made).toBe(0)
    measured.push({ first, longTasksMs })
  }
  await console.keepMeasured('scrolling', measured)
})

test('keys are told, and lead to every page', async () => {
  await using console = await signedIn('sync')
  const { page } = console
  await firstVenue(console).waitFor()
  await page.keyboard.press('?')
  const keys = page.getByRole('dialog', { name: 'Keys' })
  await keys.getByText('Dead letters').waitFor()
  await examine(console, 'keys')
  await page.keyboard.press('Escape')
  await keys.waitFor({ state: 'detached' })
  await page.keyboard.press('g')
  await page.keyboard.press('a')
  await page.getByRole('heading', { name: 'Audit', level: 1 }).and(page.locator(':focus')).waitFor()
  await page.setViewportSize(NARROW)
  await page.getByRole('button', { name: 'Menu' }).click()
  await console.takePictures('menu')
  await page.setViewportSize(NARROW)
  await page.getByRole('link', { name: 'Schedules' }).click()
  await page.getByRole('heading', { name: 'Schedules', level: 1 }).waitFor()
  expect(await page.getByRole('link', { name: 'Schedules' }).isVisible()).toBe(false)
})

test('the first view is small', async () => {
  await using console = await stage.console()
  const { page } = console
  const network = await page.context().newCDPSession(page)
  let bytes = 0
  network.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  await network.send('Network.enable')
  await page.context().request.post(`${stage.url}/api/session`, { data: { token: TOKEN } })
  await page.goto(stage.url)
  await firstVenue(console).waitFor()
  expect(bytes).toBeGreaterThan(10_000)
  expect(bytes).toBeLessThan(FIRST_VIEW_BYTES_MAX)
})
