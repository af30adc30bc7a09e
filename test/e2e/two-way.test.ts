// Products that change on both sides: assessed on a phone, kept on a laptop, and neither overwrites the other.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDynoxide } from '../../src/stack/dynoxide.ts'
import { ASSESSED, ProductsPlace } from '../support/products-place.ts'
import { until } from '../support/until.ts'

let opened: AsyncDisposableStack
let place: ProductsPlace
beforeEach(async () => {
  opened = new AsyncDisposableStack()
  const emulator = opened.use(await openDynoxide())
  place = opened.use(await ProductsPlace.open(emulator.url))
})
afterEach(() => opened.disposeAsync())

async function seen<T>(what: string, look: () => Promise<T | undefined | null | false>): Promise<T> {
  return until(async () => (await look()) || null, { what })
}

test('assessed on the phone while the laptop was off, a product is merged on the laptop, and nothing is lost', async () => {
  const first = await place.millrace()
  await place.database.query(
    "INSERT INTO products (id, title, price, lifecycle_stage, warehouse_note) VALUES (7, 'Linen dress', 49.50, 'pending', 'shelf 3')",
  )
  const pushed = await seen('the product is in DynamoDB', () => place.table.get({ id: '7' }))
  expect(pushed).toMatchObject({ title: 'Linen dress', price: 49.5, lifecycle_stage: 'pending' })
  await first.stop()
  await place.table.update({ id: '7' }, { ...ASSESSED, phone_note: 'lovely' })
  expect(await place.row(7)).toMatchObject({ lifecycle_stage: 'pending', assessed: null })
  await place.millrace()
  const pulled = await seen('the assessment is in MySQL', async () => {
    const row = await place.row(7)
    return row?.lifecycle_stage === 'assessed_approved' && row
  })
  expect(pulled).toMatchObject({
    modesty_status: 'modest',
    shopify_status: 'published',
    assessed: '2025-11-23 18:30:00.000',
    title: 'Linen dress',
    warehouse_note: 'shelf 3',
  })
  await place.database.query("UPDATE products SET title = 'Linen dress, long' WHERE id = 7")
  const both = await seen('the new title is in DynamoDB', async () => {
    const item = await place.table.get({ id: '7' })
    return item?.title === 'Linen dress, long' && item
  })
  expect(both).toMatchObject({ ...ASSESSED, phone_note: 'lovely' })
  await place.database.query('DELETE FROM products WHERE id = 7')
  const gone = await seen('the product is gone from DynamoDB', async () => {
    const item = await place.table.get({ id: '7' })
    return item?.mr_deleted_at !== undefined && item
  })
  expect(gone).toMatchObject({ phone_note: 'lovely' })
  expect(gone).not.toHaveProperty('lifecycle_stage')
})

test('what comes back from the other side is not sent there once more', async () => {
  const millrace = await place.millrace()
  await place.database.query("INSERT INTO products (id, title, lifecycle_stage) VALUES (1, 'Scarf', 'pending')")
  await seen('the product is in DynamoDB', () => place.table.get({ id: '1' }))
  await place.table.update({ id: '1' }, ASSESSED)
  await seen('the assessment is in MySQL', async () => (await place.row(1))?.lifecycle_stage === 'assessed_approved')
  // A change of each side behind it shows that whatever it set off has been captured.
  await place.database.query("INSERT INTO products (id, title) VALUES (2, 'Hat')")
  await seen('the hat is in DynamoDB', () => place.table.get({ id: '2' }))
  await place.table.update({ id: '2' }, ASSESSED)
  await seen('the hat is assessed', async () => (await place.row(2))?.lifecycle_stage === 'assessed_approved')
  const metrics = await (await fetch(`${millrace.url}/metrics`)).text()
  const captured = [...metrics.matchAll(/^millrace_capture_rows_total\{source="(\w+)[^}]*\} (\d+)/gmu)]
  expect(Object.fromEntries(captured.map(([, source, count]) => [source, Number(count)]))).toEqual({
    mysql: 2,
    dynamodb: 2,
  })
})

test('where both sides assessed a product, the newer assessment wins on both', async () => {
  const first = await place.millrace()
  for (const id of [1, 2]) {
    await place.database.query(`INSERT INTO products (id, title, lifecycle_stage) VALUES (${id}, 'P${id}', 'pending')`)
    await seen('the product is in DynamoDB', () => place.table.get({ id: String(id) }))
  }
  await first.stop()
  await place.table.update({ id: '1' }, ASSESSED)
  await place.table.update({ id: '2' }, ASSESSED)
  const rejected = (id: number, at: string) =>
    `UPDATE products SET lifecycle_stage = 'assessed_rejected', assessed_at = '${at}' WHERE id = ${id}`
  await place.database.query(rejected(1, '2025-11-23 19:00:00'))
  await place.database.query(rejected(2, '2025-11-23 12:00:00'))
  const millrace = await place.millrace()
  await seen('the laptop wins the first', async () => {
    return (await place.table.get({ id: '1' }))?.lifecycle_stage === 'assessed_rejected'
  })
  await seen('the phone wins the second', async () => (await place.row(2))?.lifecycle_stage === 'assessed_approved')
  expect(await place.row(1)).toMatchObject({ lifecycle_stage: 'assessed_rejected' })
  expect(await place.table.get({ id: '2' })).toMatchObject(ASSESSED)
  const conflicts = await seen('both conflicts are on record', async () => {
    const listing = (await (await fetch(`${millrace.url}/api/conflicts`)).json()) as { conflicts: { row: string }[] }
    return listing.conflicts.length === 2 && listing.conflicts.toSorted((one, other) => (one.row < other.row ? -1 : 1))
  })
  expect(conflicts).toMatchObject([
    { row: '1', group: 'assessment', policy: 'newest-wins', state: 'decided', verdict: 'mysql' },
    { row: '2', group: 'assessment', policy: 'newest-wins', state: 'decided', verdict: 'dynamodb' },
  ])
})

test('under review both sides stay as they are, and what waits for a person is told', async () => {
  const review = { MILLRACE_PRODUCTS_POLICY: 'review' }
  const first = await place.millrace(review)
  await place.database.query("INSERT INTO products (id, title, lifecycle_stage) VALUES (5, 'Gloves', 'pending')")
  await seen('the gloves are in DynamoDB', () => place.table.get({ id: '5' }))
  await first.stop()
  await place.table.update({ id: '5' }, ASSESSED)
  await place.database.query("UPDATE products SET lifecycle_stage = 'kept', title = 'Mittens' WHERE id = 5")
  const millrace = await place.millrace(review)
  await seen('the title is in DynamoDB', async () => (await place.table.get({ id: '5' }))?.title === 'Mittens')
  const open = await seen('the conflict is open', async () => {
    const answer = await fetch(`${millrace.url}/api/conflicts?state=open`)
    const { conflicts } = (await answer.json()) as { conflicts: { id: string; connectors: string[] }[] }
    return conflicts.length === 1 && conflicts[0]?.connectors.length === 2 && conflicts[0]
  })
  expect(open).toMatchObject({ row: '5', verdict: 'open', connectors: ['products', 'products-assessed'] })
  const shown = await (await fetch(`${millrace.url}/api/conflicts/${open.id}`)).json()
  expect(shown).toMatchObject({
    fields: expect.arrayContaining([
      expect.objectContaining({ name: 'lifecycle_stage', mysql: 'kept', dynamodb: 'assessed_approved' }),
    ]),
  })
  expect(await place.table.get({ id: '5' })).toMatchObject(ASSESSED)
  expect(await place.row(5)).toMatchObject({ lifecycle_stage: 'kept' })
})
