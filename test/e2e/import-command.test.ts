// `millrace import` on the command line: reading again what is known, and what of an account it would bring in.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunView } from '../../src/control/run-view.ts'
import { runCommand } from '../support/command.ts'
import { ImportPlace } from '../support/import-place.ts'
import { ScriptedSquare, SQUARE_TOKEN } from '../support/scripted-square.ts'
import { SquareWorld } from '../support/square-world.ts'

test('a file that says what it said is not read again, but with --force it is', async () => {
  await using place = await ImportPlace.open()
  await writeFile(join(place.folder, 'items.csv'), 'external_id,name\n1,Empanada\n2,Sopa\n')
  const bring = async (...more: readonly string[]) => {
    const asked = ['import', 'items.csv', '--table', 'catalog_items', '--json', ...more]
    const { code, out } = await runCommand(asked, place.settings)
    expect(code).toBe(0)
    const { writes } = JSON.parse(out) as RunView
    return Object.entries(writes).filter(([change]) => change.startsWith('catalog_items'))
  }
  const held = () => place.query('SELECT name FROM catalog_items ORDER BY name')
  expect(await bring()).toEqual([['catalog_items inserted', 2]])
  // Somebody else's doing, which nothing but reading the rows shows.
  await place.database.query("DELETE FROM catalog_items WHERE name = 'Sopa'")
  expect(await bring()).toEqual([['catalog_items unchanged', 2]])
  expect(await held()).toEqual([{ name: 'Empanada' }])
  expect(new Map(await bring('--force'))).toEqual(
    new Map([
      ['catalog_items inserted', 1],
      ['catalog_items unchanged', 1],
    ]),
  )
  expect(await held()).toEqual([{ name: 'Empanada' }, { name: 'Sopa' }])
})

test('what an account would bring in is told without a run or a row, and what it has not is refused', async () => {
  const world = new SquareWorld({ orders: 30 })
  await using square = await ScriptedSquare.open(world)
  const settings = {
    MILLRACE_CONNECTORS: 'square',
    MILLRACE_SQUARE_URL: square.url,
    MILLRACE_SQUARE_TOKEN: SQUARE_TOKEN,
    MILLRACE_SQUARE_REQUESTS_PER_SECOND: '10000',
    MILLRACE_IMPORT_PRIVATE_HOSTS: new URL(square.url).host,
  }
  await using place = await ImportPlace.open(settings)
  const command = (...args: readonly string[]) =>
    runCommand(['import', ...args, '--json'], { ...place.settings, ...settings })
  const forecast = async (...args: readonly string[]) => {
    const { code, out } = await command(...args, '--dry-run')
    expect(code).toBe(0)
    return JSON.parse(out) as { readonly rows: number; readonly sample: { readonly applied: number } }
  }
  expect(await forecast('--data-type', 'locations')).toMatchObject({ rows: 3, sample: { applied: 3 } })
  const lists = ['line_items', 'fulfillments', 'refunds', 'returns', 'tenders']
  const parts = [...world.orders.values()].flatMap((order) =>
    lists.map((list) => ((order[list] ?? []) as readonly unknown[]).length),
  )
  const rows = world.orders.size + parts.reduce((sum, count) => sum + count, 0)
  const paid = world.payments.size + world.transactions.length
  // Without --force it is what changed of late, and nothing has.
  expect((await forecast('--data-type', 'orders', '--force')).rows).toBe(rows + paid)
  expect((await forecast('--data-type', 'orders')).rows).toBeLessThan(rows)
  expect(await place.runs()).toEqual([])
  expect(await place.query('SELECT COUNT(*) AS held FROM orders')).toEqual([{ held: 0 }])
  expect(await command('--data-type', 'order', '--dry-run')).toMatchObject({
    code: 3,
    out: expect.stringMatching(/there is no data type order: did you mean orders\?/u),
  })
  expect(await command('items.csv', '--data-type', 'orders', '--dry-run')).toMatchObject({
    code: 2,
    out: expect.stringMatching(/not both/u),
  })
})
