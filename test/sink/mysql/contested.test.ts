import { describe, expect, test } from 'vitest'
import type { Contested, Policy } from '../../../src/core/contested.ts'
import { Exact, type Fields } from '../../../src/core/value.ts'
import type { Merge } from '../../../src/core/write.ts'
import type { Outcome } from '../../../src/sink/sink.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { SinkDatabase } from '../../support/sink-database.ts'
import { forever, placed } from '../../support/sink-table.ts'

const COLUMNS = 'id int PRIMARY KEY, stage varchar(20), price decimal(10, 2), assessed datetime(3), own varchar(20)'
const FIELDS = ['stage', 'price', 'assessed']
const BEFORE: Fields = { stage: 'new', price: new Exact('1.5'), assessed: '2024-01-01T10:00:00Z' }
const INCOMING: Fields = { stage: 'live', price: 2, assessed: '2024-01-03T10:00:00Z', own: 'theirs alone' }
const HELD = { stage: 'live', price: '2.00', assessed: '2024-01-03 10:00:00.000' }

describe.each(FLAVOURS)('fields that both sides own, on %s', (_flavour, shared) => {
  async function open(): Promise<SinkDatabase> {
    const owns = [...FIELDS, 'own']
    const table = await SinkDatabase.open(await shared(), { columns: COLUMNS, key: ['id'], owns })
    await table.query(`INSERT INTO ${table.name} VALUES (1, 'new', 1.50, '2024-01-01 10:00:00', NULL)`)
    return table
  }

  function contested(policy: Policy): readonly Contested[] {
    return [{ row: '1', group: 'status', policy, fields: FIELDS, clock: 'assessed', before: BEFORE }]
  }

  async function apply(table: SinkDatabase, policy: Policy): Promise<Outcome | undefined> {
    const write = table.mergeOf(['1'], INCOMING, { contested: contested(policy) })
    const [outcome] = await (await table.sink()).apply([placed(write, { offset: 5 })], forever)
    return outcome
  }

  test('where only the source has changed them they are set, however the same value is written', async () => {
    await using table = await open()
    expect(await apply(table, 'review')).toEqual({ did: 'applied' })
    expect(await table.row(1)).toMatchObject({ ...HELD, own: 'theirs alone' })
  })

  test('where both have changed them a person decides under review, and the rest of the write is applied', async () => {
    await using table = await open()
    await table.query(`UPDATE ${table.name} SET stage = 'sold', assessed = '2024-01-02 10:00:00.250'`)
    const held = { stage: 'sold', price: '1.50', assessed: '2024-01-02 10:00:00.250' }
    const { own: _own, ...incoming } = INCOMING
    const contest = { table: table.name, key: ['1'], row: '1', group: 'status', policy: 'review', wins: 'nobody' }
    expect(await apply(table, 'review')).toEqual({
      did: 'applied',
      contests: [{ ...contest, why: 'a person decides', incoming, held, before: BEFORE }],
    })
    expect(await table.row(1)).toMatchObject({ ...held, own: 'theirs alone' })
  })

  test('a conflict is told again when its record comes again, whoever has won, until another one comes', async () => {
    for (const policy of ['review', 'mysql-wins', 'dynamodb-wins', 'newest-wins'] as const) {
      await using table = await open()
      await table.query(`UPDATE ${table.name} SET stage = 'sold', assessed = '2024-01-02 10:00:00.250'`)
      const first = await apply(table, policy)
      expect(first?.contests).toHaveLength(1)
      const [row, guards] = [await table.row(1), await table.query('SELECT * FROM millrace_positions')]
      for (let time = 0; time < 2; time++) expect(await apply(table, policy)).toEqual(first)
      expect([await table.row(1), await table.query('SELECT * FROM millrace_positions')]).toEqual([row, guards])
      await (await table.sink()).apply([placed(table.mergeOf(['1'], { own: 'new' }), { offset: 6 })], forever)
      expect(await table.query('SELECT contests FROM millrace_positions')).toEqual([{ contests: null }])
      expect(await apply(table, policy)).toEqual({ did: 'stale' })
    }
  })

  test('conflicts of several records of a row in one call are told again, each of its own record', async () => {
    await using table = await open()
    await table.query(`UPDATE ${table.name} SET stage = 'sold'`)
    const write = (offset: number, more: Partial<Merge>) =>
      placed(table.mergeOf(['1'], { ...INCOMING, stage: `s${offset}` }, more), { offset })
    const review = { contested: contested('review') }
    const writes = [write(5, review), write(6, review), write(7, {})]
    const sink = await table.sink()
    const contests = async () => (await sink.apply(writes, forever)).map((outcome) => outcome.contests)
    const first = await contests()
    expect(first.map((one) => one?.map(({ incoming }) => incoming.stage))).toEqual([['s5'], ['s6'], undefined])
    expect(await contests()).toEqual(first)
  })

  test('the newest wins by its clock, whichever side it is of', async () => {
    await using table = await open()
    await table.query(`UPDATE ${table.name} SET stage = 'sold', assessed = '2024-01-02 10:00:00.250'`)
    const outcome = await apply(table, 'newest-wins')
    expect(outcome?.contests).toMatchObject([{ wins: 'incoming', why: 'assessed is newer in dynamodb' }])
    expect(await table.row(1)).toMatchObject(HELD)
    await using other = await open()
    await other.query(`UPDATE ${other.name} SET stage = 'sold', assessed = '2024-01-04 10:00:00'`)
    expect((await apply(other, 'newest-wins'))?.contests).toMatchObject([{ wins: 'held' }])
    expect(await other.row(1)).toMatchObject({ stage: 'sold', own: 'theirs alone' })
  })

  test('what both sides have made the same is no conflict', async () => {
    await using table = await open()
    await table.query(`UPDATE ${table.name} SET stage = 'live', price = 2, assessed = '2024-01-03 10:00:00'`)
    expect(await apply(table, 'review')).toEqual({ did: 'applied' })
    expect(await table.row(1)).toMatchObject({ ...HELD, own: 'theirs alone' })
  })

  test('the side that has the last word has it', async () => {
    await using table = await open()
    await table.query(`UPDATE ${table.name} SET stage = 'sold'`)
    expect((await apply(table, 'mysql-wins'))?.contests).toMatchObject([{ wins: 'held' }])
    expect(await table.row(1)).toMatchObject({ stage: 'sold', price: '1.50' })
    await using other = await open()
    await other.query(`UPDATE ${other.name} SET stage = 'sold'`)
    expect((await apply(other, 'dynamodb-wins'))?.contests).toMatchObject([{ wins: 'incoming' }])
    expect(await other.row(1)).toMatchObject(HELD)
  })

  test('of two changes in one call the second is held against what the first made', async () => {
    await using table = await open()
    const second: Contested = {
      row: '1',
      group: 'status',
      policy: 'review',
      fields: ['stage'],
      before: { stage: 'live' },
    }
    const writes = [
      placed(table.mergeOf(['1'], INCOMING, { contested: contested('review') }), { offset: 5 }),
      placed(table.mergeOf(['1'], { stage: 'gone' }, { contested: [second] }), { offset: 6 }),
    ]
    const outcomes = await (await table.sink()).apply(writes, forever)
    expect(outcomes).toEqual([{ did: 'applied' }, { did: 'applied' }])
    expect(await table.row(1)).toMatchObject({ ...HELD, stage: 'gone' })
  })

  test('a row that is not there is made', async () => {
    await using table = await open()
    await table.query(`DELETE FROM ${table.name}`)
    expect(await apply(table, 'review')).toEqual({ did: 'applied' })
    expect(await table.row(1)).toMatchObject(HELD)
  })
})
