import { beforeEach, describe, expect, test } from 'vitest'
import type { Row } from '../../src/core/value.ts'
import type { LookupRequest, RowLookup } from '../../src/source/source.ts'
import { connector, Delivering, insert, merge } from '../support/delivering.ts'
import { observed } from '../support/running.ts'
import { until } from '../support/until.ts'

let at: Delivering

beforeEach(async () => {
  at = await Delivering.open()
  return () => at[Symbol.asyncDispose]()
})

describe('lookups', () => {
  class Tables implements RowLookup {
    readonly requests: LookupRequest[] = []
    asOf = 'f'
    async rows(request: LookupRequest) {
      this.requests.push(request)
      const rows = request.values.map((value) =>
        value === 404 ? [] : [{ id: value, guest: 5, name: `${request.table} ${value}` }],
      )
      return { rows, asOf: this.asOf }
    }
  }
  const joined = connector({
    lookups: {
      session: { table: 'session', by: 'id', columns: ['id', 'guest'], value: ({ after }) => after?.session ?? null },
      guest: {
        table: 'guest',
        by: 'id',
        columns: ['name'],
        value: (_event, found) => found.one('session')?.guest ?? null,
      },
    },
    map: ({ key }, found) => [merge(key.id, { text: String(found.one('guest')?.name ?? 'nobody') })],
  })

  test('go level by level, each batched over the events', async () => {
    const tables = new Tables()
    await at.append(insert(1, { session: 1 }), insert(1, { session: 2 }), insert(1, { session: 1 }))
    await using _ = at.start(joined, { lookup: tables })
    await at.caughtUp()
    expect(at.texts).toEqual(['guest 5', 'guest 5', 'guest 5'])
    expect(tables.requests).toMatchObject([
      { table: 'session', by: 'id', columns: ['id', 'guest'], values: [1, 2] },
      { table: 'guest', by: 'id', columns: ['name'], values: [5] },
    ])
  })

  test('ask nothing for null, and find nothing where nothing is', async () => {
    const tables = new Tables()
    await at.append(insert(1, { session: null }), insert(1, { session: 404 }))
    await using _ = at.start(joined, { lookup: tables })
    await at.caughtUp()
    expect(at.texts).toEqual(['nobody', 'nobody'])
    expect(tables.requests.map(({ table, values }) => [table, ...values])).toEqual([['session', 404]])
  })

  test('answer from memory what was read at or after the event, and ask again for a newer one', async () => {
    const tables = new Tables()
    const early = insert(1, { session: 1 })
    const late = insert(1, { session: 1 })
    tables.asOf = early.position
    const observer = observed()
    await using _ = at.start(joined, { lookup: tables, observer })
    await at.append(early)
    await at.caughtUp()
    tables.asOf = late.position
    await at.append(late)
    await at.caughtUp()
    expect(tables.requests).toHaveLength(4)
    const known = insert(1, { session: 1 })
    tables.asOf = 'f'
    await at.append(insert(2, { session: 1 }))
    await at.caughtUp()
    await at.append(known)
    await at.caughtUp()
    expect(tables.requests).toHaveLength(6)
    expect(observer.seen.lookedUp.at(-1)).toEqual({ connector: 'feedback', from: 'memory', values: 1 })
  })

  test('wait for a server that lags behind the event', async () => {
    const tables = new Tables()
    tables.asOf = '0'
    const observer = observed()
    await at.append(insert(1, { session: 1 }))
    await using _ = at.start(joined, { lookup: tables, observer })
    await until(async () => (observer.seen.retrying.length > 1 ? true : null), { what: 'it waits' })
    expect(observer.seen.retrying[0]).toMatchObject({ error: { code: 'LOOKUP_BEHIND' } })
    expect(at.sink.applied).toEqual([])
    tables.asOf = 'f'
    await at.caughtUp()
    expect(at.texts).toEqual(['guest 5'])
  })

  test.each([
    [
      'that throw',
      () => {
        throw new Error('no value')
      },
      'cannot be mapped: no value',
    ],
    [
      'that use a later one',
      (_event: unknown, found: { one(name: string): unknown }) => found.one('guest') as null,
      'cannot be mapped: a lookup was used before it was declared',
    ],
    [
      'that name none',
      (_event: unknown, found: { one(name: string): unknown }) => found.one('nobody') as null,
      'cannot be mapped: there is no lookup named nobody',
    ],
  ])('%s make the event dead', async (_name, value, reason) => {
    const lookups = {
      session: { table: 'session', by: 'id', columns: ['id'], value },
      guest: {
        table: 'guest',
        by: 'id',
        columns: ['id'],
        value: (_event: unknown, found: { one(name: string): Row | null }) => found.one('session')?.id ?? null,
      },
    }
    await at.append(insert(1))
    await using _ = at.start(connector({ lookups }))
    await at.caughtUp()
    expect(await at.reasons()).toEqual([reason])
  })
})
