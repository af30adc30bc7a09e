// What both sides changed is settled as the policy says, both ways, on DynamoDB Local; clocks that decide nothing are said.

import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ConflictListView } from '../../src/control/conflict-view.ts'
import type { DeadListView } from '../../src/control/dead-view.ts'
import { openDynamodbLocal } from '../../src/stack/dynamodb-local.ts'
import type { Millrace } from '../support/millrace.ts'
import { ProductsPlace } from '../support/products-place.ts'
import { until } from '../support/until.ts'

let opened: AsyncDisposableStack
let place: ProductsPlace
beforeEach(async () => {
  opened = new AsyncDisposableStack()
  const emulator = opened.use(await openDynamodbLocal())
  place = opened.use(await ProductsPlace.open(emulator.url))
})
afterEach(() => opened.disposeAsync())

/** What each side makes of a product that both know as assessed at ten, and who is to win it. */
interface Case {
  readonly mysql: string | null
  /** Undefined: the attribute is gone. */
  readonly dynamodb: string | undefined
  readonly wins: 'mysql' | 'dynamodb' | 'nobody'
  readonly why: string
}

const BASE = '2025-11-20 10:00:00'

const newest: readonly Case[] = [
  {
    mysql: '2025-11-20 12:00:00',
    dynamodb: '2025-11-20T11:00:00Z',
    wins: 'mysql',
    why: 'assessed_at is newer in mysql',
  },
  {
    ...{ mysql: '2025-11-20 11:00:00', dynamodb: '2025-11-20T13:00:00+01:00', wins: 'dynamodb' },
    why: 'assessed_at is newer in dynamodb',
  },
  {
    ...{ mysql: '2025-11-20 12:00:00', dynamodb: '2025-11-20T12:00:00.900Z', wins: 'mysql' },
    why: 'assessed_at is the same: MySQL has the last word',
  },
  { mysql: '2025-11-20 12:00:00', dynamodb: undefined, wins: 'nobody', why: 'assessed_at is missing in dynamodb' },
  { mysql: null, dynamodb: '2025-11-20T12:00:00Z', wins: 'nobody', why: 'assessed_at is missing in mysql' },
  {
    ...{ mysql: '2025-11-20 12:00:00', dynamodb: '2199-01-01T00:00:00Z', wins: 'nobody' },
    why: 'assessed_at lies in the future in dynamodb',
  },
  {
    ...{ mysql: '2199-01-01 00:00:00', dynamodb: '2025-11-20T12:00:00Z', wins: 'nobody' },
    why: 'assessed_at lies in the future in mysql',
  },
]

/** Where a side has the last word no clock matters. */
const lastWord = (wins: 'mysql' | 'dynamodb'): readonly Case[] => {
  const why = `${wins === 'mysql' ? 'MySQL' : 'DynamoDB'} has the last word`
  return newest.map((one) => ({ ...one, wins, why }))
}

async function conflicts({ url }: Millrace): Promise<ConflictListView['conflicts']> {
  return ((await (await fetch(`${url}/api/conflicts?limit=1000`)).json()) as ConflictListView).conflicts
}

/** Without `assessed_at`, but with all that is of ours. */
async function assess(id: number, { dynamodb }: Pick<Case, 'dynamodb'>): Promise<void> {
  const { assessed_at: _was, ...item } = (await place.table.get({ id: `${id}` })) ?? {}
  const clock = dynamodb === undefined ? {} : { assessed_at: dynamodb }
  await place.table.put({ ...item, lifecycle_stage: 'phone', ...clock })
}

test.each([
  ['newest-wins', newest],
  ['mysql-wins', lastWord('mysql')],
  ['dynamodb-wins', lastWord('dynamodb')],
])('under %s', async (policy, cases) => {
  const settings = { MILLRACE_PRODUCTS_POLICY: policy }
  const first = await place.millrace(settings)
  for (const id of cases.keys()) await place.product(id + 1, { assessed_at: BASE })
  expect(await first.stop()).toBe(0)
  for (const [index, one] of cases.entries()) {
    await assess(index + 1, one)
    const sets = "lifecycle_stage = 'laptop', assessed_at = ?"
    await place.database.query(`UPDATE products SET ${sets} WHERE id = ${index + 1}`, [one.mysql])
  }
  const millrace = await place.millrace(settings)
  const found = await until(
    async () => {
      const known = await conflicts(millrace)
      return known.length === cases.length && known.every(({ connectors }) => connectors.length === 2) ? known : null
    },
    { what: 'each conflict is found from both sides' },
  )
  for (const [index, { wins, why, mysql, dynamodb }] of cases.entries()) {
    const id = index + 1
    const verdict = wins === 'nobody' ? 'open' : wins
    expect(found.find(({ row }) => row === `${id}`)).toMatchObject({ policy, why, verdict, group: 'assessment' })
    const told = `product ${id}: ${why}`
    const stages = { mysql: ['laptop', 'laptop'], dynamodb: ['phone', 'phone'], nobody: ['laptop', 'phone'] }[wins]
    const sides = await until(
      async () => {
        const [row, item] = [await place.row(id), await place.table.get({ id: `${id}` })]
        const isSo = row?.lifecycle_stage === stages[0] && item?.lifecycle_stage === stages[1]
        return isSo ? { row: row ?? {}, item: item ?? {} } : null
      },
      { what: told },
    )
    const moment = (time: unknown) => (time == null ? null : Date.parse(`${time}`))
    const [ofMysql, ofDynamodb] = [mysql === null ? null : Date.parse(`${mysql}Z`), moment(dynamodb ?? null)]
    const held = [
      sides.row.assessed === null ? null : Date.parse(`${sides.row.assessed}Z`),
      moment(sides.item.assessed_at),
    ]
    const wanted = { mysql: [ofMysql, ofMysql], dynamodb: [ofDynamodb, ofDynamodb], nobody: [ofMysql, ofDynamodb] }
    expect([told, held]).toEqual([told, wanted[wins]])
  }
})

test('a clock that is no time is a dead letter one way, an open conflict the other, and neither side is touched', async () => {
  const first = await place.millrace()
  await place.product(1, { assessed_at: BASE })
  expect(await first.stop()).toBe(0)
  await place.table.update({ id: '1' }, { lifecycle_stage: 'phone', assessed_at: 'yesterday' })
  await place.database.query("UPDATE products SET lifecycle_stage = 'laptop', assessed_at = '2025-11-20 12:00:00'")
  const millrace = await place.millrace()
  const [conflict] = await until(async () => ((await conflicts(millrace)).length > 0 ? conflicts(millrace) : null), {
    what: 'the conflict is on record',
  })
  const why = 'assessed_at is no time in dynamodb'
  expect(conflict).toMatchObject({ why, verdict: 'open', connectors: ['products'] })
  const dead = async () => JSON.parse((await place.command('dead', 'list', '--json')).out) as DeadListView
  const { letters } = await until(async () => ((await dead()).total > 0 ? dead() : null), { what: 'a dead letter' })
  expect(letters).toMatchObject([
    { connector: 'products-assessed', reason: expect.stringContaining('assessed_at is no ISO time') },
  ])
  expect(await place.row(1)).toMatchObject({ lifecycle_stage: 'laptop', assessed: '2025-11-20 12:00:00.000' })
  expect(await place.table.get({ id: '1' })).toMatchObject({ lifecycle_stage: 'phone', assessed_at: 'yesterday' })
})
