// Conflicts as people settle them: both versions side by side, and whose counts.

import { expect, test } from 'vitest'
import { examine } from '../support/examine.ts'
import { ASSESSED, ProductsPlace } from '../support/products-place.ts'
import { sharedDynoxide } from '../support/shared-server.ts'
import { Stage } from '../support/stage.ts'
import { until } from '../support/until.ts'

let place: ProductsPlace
const stage = new Stage(async (opened) => {
  place = opened.use(await ProductsPlace.open((await sharedDynoxide()).url, { MILLRACE_PRODUCTS_POLICY: 'review' }))
  const first = await place.millrace()
  for (const id of [5, 6]) await place.product(id)
  expect(await first.stop()).toBe(0)
  for (const id of [5, 6]) await place.table.update({ id: `${id}` }, ASSESSED)
  await place.database.query("UPDATE products SET lifecycle_stage = 'kept'")
  return place.millrace()
})

const row = (id: number) => place.row(id)
const untilStage = (id: number, stage: string) =>
  until(async () => ((await row(id))?.lifecycle_stage === stage ? true : null), { what: `${id} is ${stage}` })

test('a conflict is seen field by field, and decided by mouse', async () => {
  await using console = await stage.open('conflicts?state=open')
  const { page } = console
  await page.getByRole('link', { name: 'products 6' }).waitFor()
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Conflicts 2 to look at' }).waitFor()
  await examine(console, 'conflicts')
  await page.getByRole('link', { name: 'products 5' }).click()
  const dialog = page.getByRole('dialog', { name: 'products 5' })
  const lifecycle = dialog.getByRole('row', { name: /lifecycle_stage differs/ })
  await lifecycle.waitFor()
  expect(await lifecycle.getByRole('cell').allTextContents()).toEqual(['kept', 'assessed_approved', 'pending'])
  await dialog.getByText('DynamoDB', { exact: true }).last().click()
  await dialog.getByText('Nothing has been written').waitFor()
  await dialog.getByLabel('Note').fill('the phone was right')
  await examine(console, 'conflict')
  await dialog.getByRole('button', { name: "Take DynamoDB's version" }).click()
  await untilStage(5, 'assessed_approved')
  await page.getByRole('link', { name: 'products 5' }).waitFor({ state: 'detached' })
  await page.getByLabel('State').selectOption('decided')
  await page
    .getByRole('row', { name: /products 5/ })
    .getByText('DynamoDB counts')
    .waitFor()
})

test('and by keyboard alone', async () => {
  await using console = await stage.open('conflicts?state=open')
  const { page } = console
  await page.getByRole('link', { name: 'products 6' }).waitFor()
  await console.tabTo('products 6')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'products 6' })
  await dialog.getByRole('row', { name: /lifecycle_stage/ }).waitFor()
  await console.tabTo('MySQL')
  await page.keyboard.press('Space')
  await dialog.getByText('Nothing has been written').waitFor()
  await console.tabTo("Take MySQL's version")
  await page.keyboard.press('Enter')
  await page.getByText('No conflicts.').waitFor()
  expect(await place.table.get({ id: '6' })).toMatchObject({ lifecycle_stage: 'kept' })
})
