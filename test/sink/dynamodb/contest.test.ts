import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Contested, Policy } from '../../../src/core/contested.ts'
import { itemMark } from '../../../src/core/item-mark.ts'
import { Exact, type Fields } from '../../../src/core/value.ts'
import type { ItemKey, Merge } from '../../../src/core/write.ts'
import type { Contest, Outcome, Sink } from '../../../src/sink/sink.ts'
import { openDynamodbProxy } from '../../support/dynamodb-proxy.ts'
import { did, fieldsOf, forever, type Place, placed, SinkTable } from '../../support/sink-table.ts'
import { emulators } from './emulators.ts'

const OLD = { text: 'old', rating: 1, newest: '2025-11-01T08:00:00' }
const MINE = { text: 'mine', rating: 2, newest: '2025-11-20T10:00:00' }
const THEIRS = { text: 'theirs', rating: 3, newest: '2025-11-19 10:00:00' }

describe.each(emulators)('contested fields on %s', (_name, shared) => {
  let table: SinkTable
  let sink: Sink
  beforeAll(async () => {
    table = await new SinkTable((await shared()).url).create()
    sink = await table.sink()
  })
  afterAll(() => table[Symbol.asyncDispose]())

  interface Asked {
    readonly policy?: Policy
    readonly before?: Fields | null
    readonly more?: Fields
    readonly merge?: Partial<Merge>
  }

  function mergeOf(key: ItemKey, fields: Fields, { policy = 'newest-wins', before = OLD, more, merge }: Asked = {}) {
    const assessed: Contested = {
      group: 'assessment',
      row: `row ${key[0]}`,
      policy,
      fields: Object.keys(OLD),
      before,
      clock: 'newest',
    }
    return table.mergeOf(key, { ...fields, ...more }, { contested: [assessed], ...merge })
  }

  const apply = async (write: Merge, place: Place = { offset: 1 }): Promise<Outcome> => {
    const [outcome] = await sink.apply([placed(write, place)], forever)
    if (outcome === undefined) throw new Error('no outcome')
    return outcome
  }

  const there = async (key: ItemKey, fields: Record<string, unknown>) => {
    await table.put({ pk: key[0], sk: key[1] ?? '', ...fields })
    return key
  }

  const contestOf = (key: ItemKey, rest: Partial<Contest>): Contest => ({
    ...{ table: table.name, key, row: `row ${key[0]}`, group: 'assessment', policy: 'newest-wins', wins: 'incoming' },
    ...{ why: 'newest is newer in mysql', incoming: MINE, held: THEIRS, before: OLD, ...rest },
  })

  test('what nobody else has changed is set', async () => {
    const key = await there(['t1', 'a'], OLD)
    expect(await apply(mergeOf(key, MINE, { policy: 'dynamodb-wins' }))).toEqual({ did: 'applied' })
    expect(fieldsOf(await table.item(key))).toEqual(MINE)
  })

  test('an item that is not there is made whole, also where a tombstone stands', async () => {
    expect(await apply(mergeOf(['t2', 'a'], MINE, { policy: 'review' }))).toEqual({ did: 'applied' })
    await sink.apply([placed(table.removeOf(['t2', 'a'], Object.keys(OLD)), { offset: 2 })], forever)
    expect(await apply(mergeOf(['t2', 'a'], MINE, { policy: 'review' }), { offset: 3 })).toEqual({ did: 'applied' })
    expect(fieldsOf(await table.item(['t2', 'a']))).toEqual(MINE)
  })

  test('an older event is stale, and gives no conflict', async () => {
    const key = await there(['t3', 'a'], OLD)
    await apply(mergeOf(key, MINE), { offset: 5 })
    expect(await apply(mergeOf(key, THEIRS), { offset: 4 })).toEqual({ did: 'stale' })
    expect(fieldsOf(await table.item(key))).toEqual(MINE)
  })

  test('of two changes the newer one counts, with everything that is not contested', async () => {
    const key = await there(['t4', 'a'], THEIRS)
    const outcome = await apply(mergeOf(key, MINE, { more: { name: 'ours alone' } }))
    expect(outcome).toEqual({ did: 'applied', contests: [contestOf(key, {})] })
    expect(fieldsOf(await table.item(key))).toEqual({ ...MINE, name: 'ours alone' })
  })

  test('where the item counts its fields stay, and position and cursor move on', async () => {
    const newer = { ...THEIRS, newest: '2025-11-21T10:00:00Z' }
    const key = await there(['t5', 'a'], newer)
    const outcome = await apply(mergeOf(key, MINE, { more: { name: 'ours alone' } }), { offset: 7 })
    const why = 'newest is newer in dynamodb'
    expect(outcome).toEqual({ did: 'applied', contests: [contestOf(key, { wins: 'held', why, held: newer })] })
    const item = await table.item(key)
    expect(fieldsOf(item)).toEqual({ ...newer, name: 'ours alone' })
    expect(item).toMatchObject({ mr_position: expect.stringMatching(/7$/u), mr_cursor: 't1:0:7' })
    expect(await apply(mergeOf(key, MINE), { offset: 6 })).toEqual({ did: 'stale' })
  })

  test.each([
    ['mysql-wins', 'incoming', MINE],
    ['dynamodb-wins', 'held', THEIRS],
    ['review', 'nobody', THEIRS],
  ] as const)('under %s it is %s that counts', async (policy, wins, holds) => {
    const key = await there([`t6 ${policy}`, 'a'], THEIRS)
    expect(await apply(mergeOf(key, MINE, { policy }))).toMatchObject({ did: 'applied', contests: [{ policy, wins }] })
    expect(fieldsOf(await table.item(key))).toEqual(holds)
  })

  test('a conflict is told again when the record comes again, whoever has won', async () => {
    for (const policy of ['mysql-wins', 'review'] as const) {
      const key = await there([`t7 ${policy}`, 'a'], THEIRS)
      const first = await apply(mergeOf(key, MINE, { policy }))
      const other = await table.sink()
      expect(await other.apply([placed(mergeOf(key, MINE, { policy }), { offset: 1 })], forever)).toEqual([first])
      expect(first.contests).toHaveLength(1)
      const next = { ...(policy === 'review' ? THEIRS : MINE) }
      expect(await apply(mergeOf(key, MINE, { policy, before: next }), { offset: 2 })).toEqual({ did: 'applied' })
      expect(await table.item(key)).not.toHaveProperty('mr_contests')
    }
  })

  test('numbers in other forms and fields that are not there are recognised as unchanged', async () => {
    const key = await there(['t8', 'a'], { text: 'old' })
    const before = { text: 'old', rating: null, newest: null }
    const first = mergeOf(key, { text: 'mine', rating: new Exact('2.50'), newest: null }, { policy: 'review', before })
    expect(await apply(first)).toEqual({ did: 'applied' })
    const onward = { text: 'mine', rating: new Exact('2.5'), newest: null }
    const second = mergeOf(key, { ...onward, text: null }, { policy: 'review', before: onward })
    expect(await apply(second, { offset: 2 })).toEqual({ did: 'applied' })
    expect(fieldsOf(await table.item(key))).toEqual({ rating: 2.5 })
  })

  test('each group is settled by itself', async () => {
    const key = await there(['t9', 'a'], { ...THEIRS, kind: 'kept', total: 4 })
    const kinds: Contested = {
      group: 'kinds',
      row: 'row',
      policy: 'dynamodb-wins',
      fields: ['kind'],
      before: { kind: 'x' },
    }
    const write = mergeOf(key, MINE, { more: { kind: 'other', total: 5 } })
    const both = { ...write, contested: [...(write.contested ?? []), kinds] }
    const outcome = await apply(both)
    expect(outcome.contests?.map(({ group, wins }) => [group, wins])).toEqual([
      ['assessment', 'incoming'],
      ['kinds', 'held'],
    ])
    expect(fieldsOf(await table.item(key))).toEqual({ ...MINE, kind: 'kept', total: 5 })
  })

  test('changes of a row that come together are settled one after the other', async () => {
    const key = await there(['t10', 'a'], THEIRS)
    const later = { ...MINE, text: 'later' }
    const place = (offset: number) => ({ offset, lane: 'row' })
    const writes = [placed(mergeOf(key, MINE), place(1)), placed(mergeOf(key, later, { before: MINE }), place(2))]
    const outcomes = await sink.apply(writes, forever)
    expect(did(outcomes)).toEqual(['applied', 'applied'])
    expect(outcomes.map(({ contests = [] }) => contests.length)).toEqual([1, 0])
    expect(fieldsOf(await table.item(key))).toEqual(later)
  })

  test('somebody who writes between the look and the write is never overwritten unseen', async () => {
    const key = await there(['t11', 'a'], OLD)
    await using proxy = await openDynamodbProxy((await shared()).url)
    proxy.plan = async ({ operation, nth }) => {
      if (operation === 'UpdateItem' && nth <= 3) await table.set(key, 'rating', 100 + nth)
      return null
    }
    const behind = await table.sink({ endpoint: proxy.url })
    const write = placed(mergeOf(key, MINE, { policy: 'mysql-wins' }), { offset: 1 })
    const [outcome] = await behind.apply([write], forever)
    expect(outcome?.contests?.map(({ held }) => held)).toEqual([{ ...OLD, rating: 103 }])
    expect(fieldsOf(await table.item(key))).toEqual(MINE)
  })

  test('what must be there and is not is refused by name, and nothing is made', async () => {
    const write = mergeOf(['t12', 'a'], MINE, { merge: { mustExist: 'or-reject' } })
    const [outcome] = await sink.apply([placed(write, { offset: 1 })], forever)
    expect(outcome).toMatchObject({ did: 'rejected', reason: expect.stringContaining('t12') })
    expect((await sink.foresee([placed(write, { offset: 1 })], forever))[0]).toEqual(outcome)
    expect(await table.item(['t12', 'a'])).toBeUndefined()
    const plain = table.mergeOf(['t12', 'b'], { name: 'x' }, { mustExist: 'or-reject' })
    expect(await apply(plain)).toMatchObject({ did: 'rejected' })
    await there(['t12', 'b'], { text: 'theirs' })
    expect(await apply(plain)).toEqual({ did: 'applied' })
    expect(fieldsOf(await table.item(['t12', 'b']))).toEqual({ text: 'theirs', name: 'x' })
  })

  test('a removed item is not there either', async () => {
    await sink.apply([placed(table.removeOf(['t13', 'a'], ['name']), { offset: 5 })], forever)
    const write = table.mergeOf(['t13', 'a'], { name: 'x' }, { mustExist: 'or-reject' })
    expect(await apply(write, { offset: 4 })).toEqual({ did: 'stale' })
    expect(await apply(write, { offset: 6 })).toMatchObject({ did: 'rejected' })
  })

  test('a verification counts as different only what MySQL would win', async () => {
    const key = await there(['t14', 'a'], { ...THEIRS, name: 'other' })
    const differing = async (policy: Policy) => {
      const write = mergeOf(key, MINE, { policy, more: { name: 'ours' } })
      const [compared] = await sink.compare([write], { isSure: true, signal: forever })
      const found = compared?.differences ?? []
      return { names: found.flatMap(({ fields }) => fields?.map(({ name }) => name) ?? []), found }
    }
    expect((await differing('dynamodb-wins')).names).toEqual(['name'])
    expect((await differing('newest-wins')).names).toEqual([...Object.keys(MINE), 'name'])
    expect((await differing('review')).names).toEqual(['name'])
    expect((await differing('mysql-wins')).names).toEqual([...Object.keys(MINE), 'name'])
    const { found } = await differing('review')
    await sink.apply(
      found.flatMap(({ mends }) => mends.map((write) => placed(write, { offset: 1 }))),
      forever,
    )
    expect(fieldsOf(await table.item(key))).toEqual({ ...THEIRS, name: 'ours' })
  })

  test('a dry run tells conflicts and changes nothing', async () => {
    const key = await there(['t15', 'a'], THEIRS)
    const [outcome] = await sink.foresee([placed(mergeOf(key, MINE), { offset: 1 })], forever)
    expect(outcome).toEqual({ did: 'applied', contests: [contestOf(key, {})] })
    expect(fieldsOf(await table.item(key))).toEqual(THEIRS)
  })

  test('every item says what its own key is', async () => {
    const writes = [
      table.createOf(['mark', 'create'], { text: 'x' }),
      table.createOf(['mark', 'create 2'], { text: 'x' }),
      table.mergeOf(['mark', 'merge'], { text: 'x' }),
      table.mergeOf(['mark', 'seed'], { text: 'x' }, { seed: true }),
      table.removeOf(['mark', 'remove'], ['text']),
      table.countOf(['mark', 'count'], { total: 1 }),
      mergeOf(['mark', 'contested'], MINE),
      {
        ...({ do: 'identify', table: table.name, within: 'mark', claims: ['EMAIL#a'], id: 'p', merge: true } as const),
        ...{ key: (id: string): ItemKey => ['mark', `CUSTOMER#${id}`], fields: { name: 'x' } },
      },
    ]
    await sink.apply(
      writes.map((write, offset) => placed(write, { offset })),
      forever,
    )
    const made = [...(await table.items()).values()].filter(({ pk }) => pk === 'mark')
    expect(made).toHaveLength(writes.length + 1)
    for (const { pk, sk, mr_key } of made) expect(mr_key).toBe(itemMark([pk, sk]))
  })
})
