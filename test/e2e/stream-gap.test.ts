// A stream that was turned off, or went with its table, while nobody captured: the named stop, a person's consent, the gap
// on record, its repair, and both sides equal afterwards, items that were deleted meanwhile included.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { GapView } from '../../src/control/gap-view.ts'
import { openDynamodbLocal } from '../../src/stack/dynamodb-local.ts'
import { openDynoxide } from '../../src/stack/dynoxide.ts'
import { Millrace } from '../support/millrace.ts'
import { notReady } from '../support/parcel-place.ts'
import { ASSESSED, ProductsPlace } from '../support/products-place.ts'
import { StreamTable } from '../support/stream-table.ts'
import { until } from '../support/until.ts'

const EMULATORS = { 'DynamoDB Local': openDynamodbLocal, 'the light emulator': openDynoxide }
const SHELVES = new URL('../support/connectors/shelves.ts', import.meta.url).pathname

let opened: AsyncDisposableStack
let place: ProductsPlace
beforeEach(() => {
  opened = new AsyncDisposableStack()
})
afterEach(() => opened.disposeAsync())

const gaps = async () => JSON.parse((await place.command('gaps', '--json')).out) as readonly GapView[]

/** Does what it is given while capture stands by its name, and then has it go on as a person has consented to. */
async function skipped(meanwhile: () => Promise<unknown>): Promise<Millrace> {
  {
    await using stopped = await Millrace.start(place.settings)
    expect(await notReady(stopped, 'HISTORY_GONE')).toContain('capture dynamodb')
    expect(stopped.output).toMatch(/"code":"HISTORY_GONE".*millrace start --skip-gap.*millrace repair/u)
    await meanwhile()
    expect(await gaps()).toEqual([])
    expect(await stopped.stop()).toBe(0)
  }
  const millrace = await place.millrace({}, ['--skip-gap'])
  await until(async () => (millrace.output.includes('CHANGES WERE SKIPPED') ? true : null), { what: 'the gap' })
  return millrace
}

async function repaired(connector: string): Promise<void> {
  const [gap, ...others] = await gaps()
  expect(others).toEqual([])
  expect(gap).toMatchObject({ reason: expect.stringContaining('HISTORY_GONE') })
  expect(gap?.connectors).toMatchObject([{ connector, state: 'open' }])
  expect((await place.command('status')).out).toContain(
    `${connector}: 1 open gap: run \`millrace repair --connector ${connector}\``,
  )
  expect(await place.command('repair', '--connector', connector)).toMatchObject({ code: 0, err: '' })
  expect((await gaps())[0]?.connectors).toMatchObject([{ connector, state: 'repaired' }])
  const again = await place.command('repair', '--connector', connector)
  expect([again.code, again.err]).toEqual([3, expect.stringContaining('NOTHING_TO_REPAIR')])
}

async function expectAgreed(): Promise<void> {
  const { connectors, advice } = JSON.parse((await place.command('status', '--json')).out)
  for (const { open_gaps, tables } of connectors) {
    expect(open_gaps).toBe(0)
    expect(tables).toMatchObject([{ differing: 0 }])
  }
  expect(advice).toEqual([])
}

describe.each(Object.entries(EMULATORS))('on %s', (_name, openServer) => {
  test('what was assessed while the stream was off is found by the repair, and the other direction goes on', async () => {
    const emulator = opened.use(await openServer())
    place = opened.use(await ProductsPlace.open(emulator.url))
    const first = await place.millrace()
    for (const id of [1, 2, 3]) await place.product(id)
    expect(await first.stop()).toBe(0)
    await place.table.turnStream('off')
    await place.table.update({ id: '1' }, ASSESSED)
    await place.table.turnStream('on')
    await place.database.query("UPDATE products SET title = 'P3, long' WHERE id = 3")
    await skipped(() => place.item(3, 'P3, long'))
    expect(await place.row(1)).toMatchObject({ assessed: null })
    // What is captured from now on is delivered before the gap is repaired.
    await place.table.update({ id: '2' }, ASSESSED)
    await until(async () => ((await place.row(2))?.assessed === null ? null : true), { what: 'a live change' })
    await repaired('products-assessed')
    expect(await place.row(1)).toMatchObject({ lifecycle_stage: 'assessed_approved' })
    await expectAgreed()
  })
})

const offAndOn = async (table: StreamTable) => {
  await table.turnStream('off')
  await table.update({ id: 'a' }, { label: 'a, changed' })
  await table.delete({ id: 'b' })
  await table.turnStream('on')
}

const madeAnew = async (table: StreamTable) => {
  await table.makeAnew()
  await table.put({ id: 'a', label: 'a, changed' })
}

// The light emulator's new stream of a table begins with what the old one held, which is no gap.
test.each([
  ['was turned off and on', offAndOn],
  ['went with its table', madeAnew],
])('items that were deleted while the stream %s are gone from MySQL too', async (_name, lose) => {
  const emulator = opened.use(await openDynamodbLocal())
  place = opened.use(await ProductsPlace.open(emulator.url, { MILLRACE_CONNECTORS: SHELVES }))
  const shelves = opened.use(await StreamTable.create(emulator.url, { name: 'shelves', key: ['id'] }))
  await place.database.query('CREATE TABLE shelf (id VARCHAR(20) PRIMARY KEY, label VARCHAR(20), amount INT, room INT)')
  const labels = async () => {
    const rows = await place.database.query('SELECT id, label FROM shelf')
    return Object.fromEntries(rows.map(({ id, label }) => [id, label]))
  }
  const first = await place.millrace()
  for (const id of ['a', 'b']) await shelves.put({ id, label: `${id} of old` })
  await until(async () => (Object.keys(await labels()).length === 2 ? true : null), { what: 'the shelves' })
  expect(await first.stop()).toBe(0)
  await lose(shelves)
  await skipped(async () => undefined)
  await shelves.put({ id: 'c', label: 'c, live' })
  await until(async () => ((await labels()).c === 'c, live' ? true : null), { what: 'a live change' })
  await repaired('shelves')
  expect(await labels()).toEqual({ a: 'a, changed', b: null, c: 'c, live' })
  await expectAgreed()
})
