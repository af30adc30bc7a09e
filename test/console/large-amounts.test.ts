// Hundreds of what waits for a person, a hundred reasons, and names without end: all of it can be reached and read.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { axeFaults } from '../support/axe.ts'
import { NARROW, WIDE } from '../support/console.ts'
import { CrowdedPlace } from '../support/crowded-place.ts'
import { fieldConflict } from '../support/field-conflict.ts'
import { Stage } from '../support/stage.ts'

const LETTERS = 230
const REASONS = 120
const CONFLICTS = 250
const LONG = 'Menu'.repeat(50)

let place: CrowdedPlace
const stage = new Stage(async (opened) => {
  place = opened.use(await CrowdedPlace.open())
  const { imports } = place
  await writeFile(join(imports.folder, 'prices.csv'), `external_id,name,price\n1,${LONG},much\n`)
  const asked = { sourceType: 'csv', sourceIdentifier: 'prices.csv', options: { targetTable: 'catalog_items' } }
  await imports.done(await imports.trigger(asked))
  const words = Array.from({ length: REASONS }, (_, at) => `${wordOf(at)} is amiss in ${LONG}`)
  await place.letters(Array.from({ length: LETTERS - 1 }, (_, at) => words[at % REASONS] ?? ''))
  const conflicts = Array.from({ length: CONFLICTS }, (_, at) =>
    fieldConflict({
      ...{ row: `p${at}`, key: [`p${at}`], foundAtMs: Date.parse('2026-11-01T10:00:00Z') + (at % 7) },
      ...(at === 6 && { why: `${LONG} ${LONG}`, mysql: { stage: LONG, [LONG]: 1 }, dynamodb: { stage: 'draft' } }),
    }),
  )
  await place.conflicts(conflicts)
  return place.imports
})

/** Reasons are told apart by their words, not by numbers in them. */
function wordOf(at: number): string {
  return String.fromCharCode(97 + (at % 26), 97 + Math.floor(at / 26))
}

/** What each row is called, page by page, until there is no older one. */
async function allRows(page: Page): Promise<readonly string[]> {
  const found: string[] = []
  const older = page.getByRole('button', { name: 'Older' })
  const links = page.locator('tbody th a')
  for (;;) {
    await links.first().waitFor()
    found.push(...(await links.evaluateAll((all) => all.map((one) => one.getAttribute('href')?.split('?')[0] ?? ''))))
    if ((await older.getAttribute('aria-disabled')) === 'true') return found
    await older.click()
    await page.locator(`tbody th a[href^="${found.at(-1)}"]`).waitFor({ state: 'detached' })
  }
}

const fits = (page: Page, within = 'html') =>
  page.locator(within).evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)

test('each of hundreds of dead letters is reached, once, and narrowed down by one of a hundred reasons', async () => {
  await using console = await stage.open('dead')
  const { page } = console
  await page.getByText(`${LETTERS} dead letters`).waitFor()
  expect(await page.locator('tbody tr').count()).toBe(100)
  const rows = await allRows(page)
  expect(rows).toHaveLength(LETTERS)
  expect(new Set(rows).size).toBe(LETTERS)
  await page.goBack()
  await page.getByRole('button', { name: 'Newest' }).click()
  await page.locator('tbody th a').nth(99).waitFor()
  await console.takePictures('dead-many')
  expect(await axeFaults(page)).toEqual([])
  const reasons = page.getByLabel('Reason').getByRole('option')
  expect(await reasons.count()).toBeGreaterThanOrEqual(100)
  const text = (await reasons.allTextContents()).find((one) => one.startsWith('aa is amiss'))
  await page.getByLabel('Reason').selectOption(text!)
  await page.locator('tbody tr').nth(2).waitFor({ state: 'detached' })
  expect(await page.locator('tbody tr').count()).toBe(2)
  for (const size of [NARROW, WIDE]) {
    await page.setViewportSize(size)
    expect(await fits(page)).toBe(true)
  }
})

test('each of hundreds of conflicts is reached, once, and a long one can be read and decided', async () => {
  await using console = await stage.open('conflicts')
  const { page } = console
  await page.getByText(`${CONFLICTS} conflicts`).waitFor()
  const rows = await allRows(page)
  expect(rows).toHaveLength(CONFLICTS)
  expect(new Set(rows).size).toBe(CONFLICTS)
  await page.getByRole('button', { name: 'Newest' }).press('Enter')
  await page.getByRole('link', { name: 'products p6', exact: true }).waitFor()
  await console.takePictures('conflicts-many')
  await page.getByRole('link', { name: 'products p6', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'products p6' })
  await dialog.getByRole('row', { name: /stage differs/ }).waitFor()
  await console.takePictures('conflict-long')
  expect(await axeFaults(page)).toEqual([])
  for (const size of [NARROW, WIDE]) {
    await page.setViewportSize(size)
    expect(await fits(page)).toBe(true)
    expect(await fits(page, 'dialog')).toBe(true)
  }
})

test('each of them is listed by command, too, page by page', async () => {
  for (const [command, many] of [
    ['dead', LETTERS],
    ['conflicts', CONFLICTS],
  ] as const) {
    const ids: (string | undefined)[] = []
    let before: readonly string[] = []
    do {
      const { code, out, err } = await place.command(command, '--limit', '150', ...before)
      expect([code, err]).toEqual([0, ''])
      ids.push(...[...out.matchAll(/^(\S+) {2}\d{4}-\d\d-/gmu)].map(([, id]) => id))
      before = /^Older ones: (--before) (\S+)$/mu.exec(out)?.slice(1) ?? []
    } while (before.length > 0 && ids.length <= many)
    expect(ids).toHaveLength(many)
    expect(new Set(ids).size).toBe(many)
  }
})
