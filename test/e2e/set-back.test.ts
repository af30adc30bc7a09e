// An application puts back an item as it had read it, over what came meanwhile: what is newer is not lost.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ConflictListView } from '../../src/control/conflict-view.ts'
import { openDynamodbLocal } from '../../src/stack/dynamodb-local.ts'
import { openDynoxide } from '../../src/stack/dynoxide.ts'
import type { Millrace } from '../support/millrace.ts'
import { ASSESSED, ProductsPlace } from '../support/products-place.ts'
import { Runs } from '../support/runs.ts'
import { until } from '../support/until.ts'

const EMULATORS = { 'DynamoDB Local': openDynamodbLocal, 'the light emulator': openDynoxide }
const NEWER = { lifecycle_stage: 'assessed_rejected', assessed_at: '2025-11-24 08:00:00' }

describe.each(Object.entries(EMULATORS))('an older state, on %s', (_name, openServer) => {
  let opened: AsyncDisposableStack
  let place: ProductsPlace
  let millrace: Millrace
  beforeEach(async () => {
    opened = new AsyncDisposableStack()
    const emulator = opened.use(await openServer())
    place = opened.use(await ProductsPlace.open(emulator.url))
    millrace = await place.millrace()
  })
  afterEach(() => opened.disposeAsync())

  const item = (id: number) => place.table.get({ id: `${id}` })

  async function conflicts(): Promise<ConflictListView['conflicts']> {
    return ((await (await fetch(`${millrace.url}/api/conflicts`)).json()) as ConflictListView).conflicts
  }

  async function isEqual(): Promise<true | null> {
    const { connectors } = JSON.parse((await place.command('status', '--json')).out)
    const all = connectors as { pending: number; tables: { differing: number }[] }[]
    return all.every(({ pending, tables }) => pending === 0 && tables.every(({ differing }) => differing === 0)) || null
  }

  async function assessedOnTheLaptop(id: number): Promise<Record<string, unknown>> {
    const { lifecycle_stage: stage, assessed_at: at } = NEWER
    await place.database.query(`UPDATE products SET lifecycle_stage = ?, assessed_at = ? WHERE id = ${id}`, [stage, at])
    return until(async () => ((await item(id))?.lifecycle_stage === stage ? ((await item(id)) ?? null) : null), {
      what: 'the newer assessment is in DynamoDB',
    })
  }

  test.each([
    ['with the position that it had then', (older: Record<string, unknown>) => older],
    ['without what is of ours', (older: Record<string, unknown>) => pick(older, (name) => !name.startsWith('mr_'))],
  ])('put back %s takes no newer assessment with it', async (_how, put) => {
    await place.product(3)
    await place.table.update({ id: '3' }, ASSESSED)
    await until(async () => ((await place.row(3))?.assessed === null ? null : true), { what: 'the first assessment' })
    const older = (await item(3)) ?? {}
    await assessedOnTheLaptop(3)
    await place.table.put({ ...put(older), phone_note: 'warm' })
    const mended = await until(
      async () => ((await item(3))?.lifecycle_stage === NEWER.lifecycle_stage ? ((await item(3)) ?? null) : null),
      { what: "MySQL's state is on the item again" },
    )
    expect(mended).toMatchObject({ phone_note: 'warm', assessed_at: '2025-11-24T08:00:00.000Z', title: 'P3' })
    await until(isEqual, { what: 'both sides agree' })
    expect(await place.row(3)).toMatchObject({ lifecycle_stage: NEWER.lifecycle_stage })
    const found = await until(async () => ((await conflicts()).length > 0 ? conflicts() : null), {
      what: 'the conflict is on record',
    })
    const why = 'assessed_at is newer in mysql'
    expect(found).toMatchObject([{ row: '3', verdict: 'mysql', why, connectors: ['products', 'products-assessed'] }])
    const runs = new Runs(millrace)
    for (const connector of ['products-assessed', 'products']) {
      const replayed = await runs.done(await runs.replay({}, { connector }))
      expect(replayed).toMatchObject({ state: 'done', tally: { applied: 0, rejected: 0 } })
    }
    await until(isEqual, { what: 'both sides agree after a replay' })
    expect(await conflicts()).toHaveLength(1)
  })

  test('put back with a newer assessment of its author, it counts as that', async () => {
    const older = await place.product(3)
    await assessedOnTheLaptop(3)
    await place.table.put({ ...older, ...ASSESSED, assessed_at: '2025-11-25T08:00:00.000Z' })
    const row = await until(
      async () => ((await place.row(3))?.lifecycle_stage === 'assessed_approved' ? place.row(3) : null),
      { what: 'the assessment of the phone' },
    )
    expect(row).toMatchObject({ assessed: '2025-11-25 08:00:00.000' })
    await until(isEqual, { what: 'both sides agree' })
  })

  test('a change made on purpose goes through, however old its clock is', async () => {
    await place.product(3)
    await assessedOnTheLaptop(3)
    await place.table.update({ id: '3' }, ASSESSED)
    const row = await until(
      async () => ((await place.row(3))?.lifecycle_stage === 'assessed_approved' ? place.row(3) : null),
      { what: 'the older assessment' },
    )
    expect(row).toMatchObject({ assessed: '2025-11-23 18:30:00.000' })
    await until(isEqual, { what: 'both sides agree' })
    expect(await conflicts()).toEqual([])
  })

  test('of a product that is gone it does not stay', async () => {
    const older = await place.product(3)
    await place.database.query('DELETE FROM products WHERE id = 3')
    const isGone = async () => ((await item(3))?.lifecycle_stage === undefined ? true : null)
    await until(isGone, { what: 'the product is gone from DynamoDB' })
    await place.table.put({ ...older, phone_note: 'warm' })
    const left = await until(async () => ((await isGone()) ? ((await item(3)) ?? null) : null), {
      what: 'it is gone once more',
    })
    expect(left).toMatchObject({ phone_note: 'warm', mr_deleted_at: expect.any(String) })
    expect(await place.row(3)).toBeUndefined()
  })

  test('of many products is mended by one run', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => index + 1)
    const older = new Map<number, Record<string, unknown>>()
    for (const id of ids) older.set(id, await place.product(id))
    for (const id of ids) await assessedOnTheLaptop(id)
    for (const [id, was] of older) await place.table.put({ ...was, phone_note: `${id}` })
    await until(isEqual, { what: 'both sides agree' })
    for (const id of ids)
      expect(await item(id)).toMatchObject({ lifecycle_stage: NEWER.lifecycle_stage, phone_note: `${id}` })
    const all = await new Runs(millrace).list()
    expect(all).toMatchObject([{ kind: 'backfill', connector: 'products', by: expect.stringContaining('put back') }])
    expect(await new Runs(millrace).done(all[0]!)).toMatchObject({ state: 'done', rows: 30 })
  })
})

function pick(of: Record<string, unknown>, isWanted: (name: string) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(of).filter(([name]) => isWanted(name)))
}
