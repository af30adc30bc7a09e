// Whatever Square does meanwhile, the tables hold what the merchant has, or the run is loudly not green.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MillraceError } from '../../../../src/core/errors.ts'
import { SQUARE_FLOWS } from '../../../../src/core/square/square-flows.ts'
import type { Row } from '../../../../src/core/value.ts'
import { readAll, StillClock } from '../../../support/api-source.ts'
import { ImportedTables } from '../../../support/imported-tables.ts'
import { ScriptedSquare, throttled } from '../../../support/scripted-square.ts'
import { expectSame } from '../../../support/square-equality.ts'
import { besidesOf, bring, squareSource } from '../../../support/square-import.ts'
import { SquareWorld } from '../../../support/square-world.ts'

let square: ScriptedSquare
beforeEach(async () => {
  square = await ScriptedSquare.open(new SquareWorld())
})
afterEach(() => square[Symbol.asyncDispose]())

const sorted = (texts: readonly unknown[]) => texts.map(String).sort()

describe('whatever Square does meanwhile', () => {
  test('pages that are clipped', async () => {
    square.clip = 7
    const tables = new ImportedTables()
    await bring({ square, tables })
    expectSame(tables, square.world)
  })

  test.each(SQUARE_FLOWS.map(({ table }) => table))('%s goes on from every page, in another process', async (table) => {
    square.clip = 11
    const names = (events: readonly { key: Row }[]) => events.map(({ key }) => key.mr_name)
    const whole = names((await readAll(() => squareSource(square), { table })).events)
    expect(names((await readAll(() => squareSource(square), { table, rowsMax: 5, afresh: true })).events)).toEqual(
      whole,
    )
  })

  test('rows of several tables go on from every page, in another process', async () => {
    square.clip = 11
    const one = () => squareSource(square, { besides: besidesOf('orders') })
    const names = (events: readonly { table: string; key: Row }[]) =>
      events.map(({ table, key }) => `${table} ${key.mr_name}`)
    const whole = names((await readAll(one, { table: 'orders' })).events)
    expect(new Set(whole.map((name) => name.split(' ')[0])).size).toBeGreaterThan(4)
    expect(names((await readAll(one, { table: 'orders', rowsMax: 5, afresh: true })).events)).toEqual(whole)
  })

  test('a location that opens during a walk is the next one’s', async () => {
    square.clip = 20
    const { signal } = new AbortController()
    const scope = { table: 'orders', from: null, to: null, filters: [] }
    const upTo = await squareSource(square).last(scope, signal)
    const ids: unknown[] = []
    for (let after: string | null | undefined; after !== null; ) {
      const page = await squareSource(square).page(
        { scope, after: after ?? null, upTo, rowsMax: 1_000, run: 'c/r' },
        signal,
      )
      ids.push(...page.events.map(({ key }) => key.mr_name))
      after = page.next
      square.world.locations.unshift({ id: `A${ids.length}`, name: 'new' })
    }
    expect(sorted(ids)).toEqual(sorted([...square.world.orders.keys()]))
  })

  const clock = new StillClock()

  /** As a run repeats what is worth repeating. */
  async function persistently(table: string) {
    const one = squareSource(square, { clock })
    const read = await readAll(() => one, { table })
    const { events, bookmarks } = read
    let { error } = read
    const all = [...events]
    let from = bookmarks.at(-1) ?? null
    while (error instanceof MillraceError && error.fate === 'retry') {
      const next = await readAll(() => one, { table, from }).catch((failure: unknown) => ({
        events: [],
        bookmarks: [],
        error: failure,
      }))
      all.push(...next.events)
      from = next.bookmarks.at(-1) ?? from
      error = next.error
    }
    return { events: all, error }
  }

  test('a storm of 429 and 5xx', async () => {
    square.clip = 20
    let count = 0
    square.meddle = (right) => {
      count++
      if (count % 3 === 1) return throttled(2)
      return count % 5 === 0 ? { status: 503, body: 'upstream' } : right()
    }
    const ids: unknown[] = []
    for (const table of ['vendors', 'payments', 'catalog_items']) {
      const { events, error } = await persistently(table)
      expect(error).toBe(null)
      ids.push(...events.map(({ after }) => after?.id))
    }
    expect(sorted(ids)).toEqual(
      sorted([
        ...square.world.vendors.map(({ id }) => id),
        ...square.world.payments.keys(),
        ...square.world.items.map(({ id }) => id),
      ]),
    )
    expect(clock.slept.every((ms) => ms === 2_000)).toBe(true)
    expect(clock.slept.length).toBeGreaterThan(3)
  })

  const cursored = (cursor: string) => ({
    body: { orders: [{ ...square.world.orders.get('order-1')!, id: `x-${square.asked.length}` }], cursor },
  })
  test.each([
    ['a cursor that stays', () => cursored('c'), 'IMPORT_INCOMPLETE'],
    ['cursors in a circle', () => cursored(`c${square.asked.length % 3}`), 'IMPORT_INCOMPLETE'],
    ['pages without orders for ever', () => ({ body: { cursor: `c${square.asked.length}` } }), 'IMPORT_INCOMPLETE'],
    [
      'a page for people',
      () => ({ body: '<html>', headers: { 'content-type': 'text/html' } }),
      'IMPORT_ANSWER_INVALID',
    ],
    ['JSON cut short', () => ({ body: '{"orders":[{"id"' }), 'IMPORT_ANSWER_INVALID'],
    ['errors beside orders', () => ({ body: { orders: [], errors: [{ code: 'X' }] } }), 'IMPORT_ANSWER_INVALID'],
    [
      'a token that ran out',
      () => ({ status: 401, body: { errors: [{ code: 'ACCESS_TOKEN_EXPIRED' }] } }),
      'IMPORT_DENIED',
    ],
    [
      'a request that is refused',
      () => ({ status: 400, body: { errors: [{ code: 'INVALID_CURSOR' }] } }),
      'IMPORT_REQUEST_REFUSED',
    ],
  ])('%s is loudly not green', async (_name, answer, code) => {
    square.meddle = (right, { url }) => (url.pathname === '/v2/orders/search' ? answer() : right())
    expect((await readAll(() => squareSource(square), { table: 'orders' })).error).toMatchObject({ code, fate: 'stop' })
  })

  test('a version that goes backwards gets over nothing', async () => {
    const tables = new ImportedTables()
    await bring({ square, tables })
    const before = tables.rows('catalog_items').find(({ id }) => id === 'item-3')
    square.world.putItem('item-3', 'older', Number(before?.version) - 1)
    const tallies = await bring({ square, tables })
    expect(tallies.get('catalog_items')).toMatchObject({ written: 0, stale: 1 })
    expect(tables.rows('catalog_items').find(({ id }) => id === 'item-3')).toEqual(before)
  })

  test('a token that is not taken is told before anything is ordered', async () => {
    await squareSource(square).check()
    const other = squareSource(square, { token: 'EAAAl-of-somebody-else' })
    await expect(other.check()).rejects.toMatchObject({ code: 'IMPORT_DENIED' })
  })

  test('a table that Square has not is refused', async () => {
    await expect(readAll(() => squareSource(square), { table: 'customers' })).rejects.toMatchObject({
      code: 'IMPORT_INVALID',
    })
  })
})
