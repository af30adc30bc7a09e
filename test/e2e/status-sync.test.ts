// `millrace status` and `millrace sync`: what differs on each side, and both brought in step, pulled before it is pushed.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDynoxide } from '../../src/stack/dynoxide.ts'
import { ProductsPlace } from '../support/products-place.ts'
import { until } from '../support/until.ts'

let opened: AsyncDisposableStack
let place: ProductsPlace
beforeEach(async () => {
  opened = new AsyncDisposableStack()
  const emulator = opened.use(await openDynoxide())
  place = opened.use(await ProductsPlace.open(emulator.url))
})
afterEach(() => opened.disposeAsync())

const millrace = (...args: string[]) => place.command(...args)

async function status(): Promise<Record<string, { differing: number; compared: number }>> {
  const { code, out, err } = await millrace('status', '--json')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const { connectors } = JSON.parse(out) as { connectors: { connector: string; tables: never[] }[] }
  return Object.fromEntries(connectors.map(({ connector, tables }) => [connector, tables[0]!]))
}

test('what was assessed while nothing ran is told, pulled, and not overwritten by the push', async () => {
  const first = await place.millrace()
  for (const id of [1, 2, 3]) {
    await place.database.query(`INSERT INTO products (id, title, lifecycle_stage) VALUES (${id}, 'P${id}', 'pending')`)
    await until(async () => (await place.table.get({ id: `${id}` })) ?? null, { what: 'the product is in DynamoDB' })
  }
  expect(await status()).toMatchObject({
    products: { compared: 3, differing: 0 },
    'products-assessed': { compared: 3, differing: 0 },
  })
  expect((await millrace('status')).out).toContain('Both sides agree; no sync is needed.')
  await first.stop()
  await place.table.update(
    { id: '1' },
    { lifecycle_stage: 'assessed_approved', assessed_at: '2025-11-23T18:30:00.000Z' },
  )
  await place.database.query("UPDATE products SET title = 'New title' WHERE id = 2")
  expect(await status()).toMatchObject({
    products: { differing: 1 },
    'products-assessed': { differing: 1 },
  })
  const { out } = await millrace('status')
  expect(out).toContain('products: 1 row differs in dynamodb')
  expect(out).toContain('products-assessed: 1 row differs in mysql')
  expect(out).toContain('a sync is advised')
  expect(await place.row(1)).toMatchObject({ lifecycle_stage: 'pending' })
  await place.millrace()
  const synced = await millrace('sync', '--all', '--yes')
  expect(synced).toMatchObject({ code: 0, err: '' })
  expect(synced.out.indexOf('products-assessed: pulled')).toBeLessThan(synced.out.indexOf('products: pushed'))
  expect(await place.row(1)).toMatchObject({
    lifecycle_stage: 'assessed_approved',
    assessed: '2025-11-23 18:30:00.000',
  })
  expect(await place.table.get({ id: '2' })).toMatchObject({ title: 'New title' })
  expect(await status()).toMatchObject({ products: { differing: 0 }, 'products-assessed': { differing: 0 } })
})

test('what no stream has told is found and mended by a sync, and a dry run mends nothing', async () => {
  await place.millrace()
  await place.database.query(
    "INSERT INTO products (id, title, lifecycle_stage, assessed_at) VALUES (1, 'P1', 'pending', '2025-01-01')",
  )
  await until(async () => (await place.table.get({ id: '1' })) ?? null, { what: 'the product is in DynamoDB' })
  // As a tool does that keeps what it does out of the binary log.
  await place.database.query('SET SESSION sql_log_bin = 0')
  await place.database.query("UPDATE products SET lifecycle_stage = 'old', assessed_at = '2024-01-01' WHERE id = 1")
  expect(await status()).toMatchObject({ products: { differing: 0 }, 'products-assessed': { differing: 1 } })
  const dry = await millrace('sync', '--all', '--dry-run')
  expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('products-assessed: would pull 1 row') })
  expect(await place.row(1)).toMatchObject({ lifecycle_stage: 'old' })
  const { code, out } = await millrace('sync', '--all', '--yes', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    steps: [
      { does: 'pull', mended: 1 },
      { does: 'push', differing: 0 },
    ],
  })
  expect(await place.row(1)).toMatchObject({ lifecycle_stage: 'pending', assessed: '2025-01-01 00:00:00.000' })
})

test.each([
  [['status', '--rows', 'many'], 'takes a number of rows, not "many"'],
  [['status', '--connector', 'produkts'], 'did you mean products'],
])('%j is refused: %s', async (args, why) => {
  const { code, err } = await millrace(...args)
  expect(code).not.toBe(0)
  expect(err).toContain(why)
})
