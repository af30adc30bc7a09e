// The quick way of a call: what it takes upon itself, what it refuses, and that whichever way is gone the end is the same.

import { describe, expect, test } from 'vitest'
import type { Contested } from '../../../src/core/contested.ts'
import type { Fields } from '../../../src/core/value.ts'
import type { Merge } from '../../../src/core/write.ts'
import type { PlacedWrite } from '../../../src/sink/sink.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { lockWait } from '../../support/lock-wait.ts'
import { type End, end, QuickCalls } from '../../support/quick-calls.ts'
import { SinkDatabase } from '../../support/sink-database.ts'
import { did, forever, placed } from '../../support/sink-table.ts'

const OWNS = ['name', 'size', 'total']

describe.each(FLAVOURS)('the quick way of a call on %s', (_flavour, shared) => {
  async function open(): Promise<SinkDatabase> {
    const columns = 'id int PRIMARY KEY, name varchar(9), size int, total int, theirs int, UNIQUE (name)'
    return SinkDatabase.open(await shared(), { columns, key: ['id'], owns: OWNS })
  }

  /** A call, and what was there before it: first the rows of somebody else. */
  interface Case {
    readonly title: string
    readonly theirs?: string
    readonly before?: (table: SinkDatabase) => readonly PlacedWrite[]
    readonly deleted?: number
    readonly writes: (table: SinkDatabase) => readonly PlacedWrite[]
  }

  async function prepare(table: SinkDatabase, { theirs, before, deleted }: Case): Promise<QuickCalls> {
    const calls = await QuickCalls.open(table)
    if (theirs !== undefined) await table.query(`INSERT INTO ${table.name} VALUES ${theirs}`)
    if (before !== undefined) await calls.careful(before(table))
    if (deleted !== undefined) await table.query(`DELETE FROM ${table.name} WHERE id = ${deleted}`)
    return calls
  }

  async function careful(one: Case): Promise<End> {
    await using table = await open()
    await using calls = await prepare(table, one)
    return await end(table, await calls.careful(one.writes(table)))
  }

  type Place = readonly [id: number, offset: number]
  const at = (offset: number) => ({ offset, lane: `${offset}` })
  const merge = (table: SinkDatabase, [id, offset]: Place, more: Partial<Merge> & { fields?: Fields } = {}) =>
    placed(table.mergeOf([`${id}`], more.fields ?? { size: offset }, more), at(offset))
  const two = (table: SinkDatabase, offset: number, more: Partial<Merge> = {}) =>
    [1, 2].map((id) => merge(table, [id, offset + id], more))
  const contested = (before: Fields | null, fields: readonly string[] = ['size']): Partial<Merge> => ({
    contested: [{ group: 'g', row: 'r', policy: 'mysql-wins', fields, before } satisfies Contested],
  })
  const named = (before: string | null): Partial<Merge> => ({
    ...contested({ name: before }, ['name']),
    mustExist: 'or-pass',
  })

  const TAKEN: readonly Case[] = [
    { title: 'rows that are new', writes: (table) => two(table, 10) },
    { title: 'rows that changed', before: (table) => two(table, 10), writes: (table) => two(table, 20) },
    {
      title: 'some of them new',
      before: (table) => two(table, 10),
      writes: (table) => [...two(table, 20), merge(table, [3, 30])],
    },
    {
      title: 'a row that changed several times',
      writes: (table) => [merge(table, [2, 11]), merge(table, [1, 12]), merge(table, [2, 13]), merge(table, [2, 14])],
    },
    {
      title: 'rows under guards with names, which others have made',
      theirs: '(1, NULL, 0, 0, 7), (2, NULL, 0, 0, 7)',
      writes: (table) => two(table, 10, { guard: 'own' }),
    },
    {
      title: 'rows that have to be there, and are',
      theirs: '(1, NULL, 0, 0, 7), (2, NULL, 0, 0, 7)',
      writes: (table) => two(table, 10, { mustExist: 'or-reject' }),
    },
    {
      title: 'fields that both sides own and one has changed',
      theirs: '(1, NULL, 5, 0, 7), (2, NULL, 5, 0, 7)',
      writes: (table) => two(table, 10, contested({ size: 5 })),
    },
    {
      title: 'texts that both sides own and one has changed, or has not had before',
      theirs: "(1, 'soup', 5, 0, 7), (2, NULL, 5, 0, 7)",
      writes: (table) => [
        merge(table, [1, 10], { ...named('soup'), fields: { name: 'tea' } }),
        merge(table, [2, 10], { ...named(null), fields: { name: 'milk' } }),
      ],
    },
    {
      title: 'rows of more than one statement',
      writes: (table) => Array.from({ length: 1_001 }, (_, id) => merge(table, [id + 1, id])),
    },
  ]

  test.each(TAKEN)('it writes $title', async (one) => {
    await using table = await open()
    await using calls = await prepare(table, one)
    expect(await end(table, await calls.quick(one.writes(table)))).toEqual(await careful(one))
  })

  const REFUSED: readonly Case[] = [
    { title: 'a position that is older', before: (table) => two(table, 30), writes: (table) => two(table, 20) },
    {
      title: 'one older position among many',
      before: (table) => two(table, 30),
      writes: (table) => [merge(table, [1, 20]), merge(table, [2, 40]), merge(table, [3, 40])],
    },
    { title: 'what comes again', before: (table) => two(table, 30), writes: (table) => two(table, 30) },
    {
      title: 'an older change of a row behind a newer one',
      writes: (table) => [merge(table, [1, 20]), merge(table, [1, 10], { fields: { total: 1 } })],
    },
    {
      title: 'a position between those of two changes of one row',
      before: (table) => two(table, 15),
      writes: (table) => [merge(table, [1, 10], { fields: { total: 1 } }), merge(table, [1, 20])],
    },
    {
      title: 'a text that only counts as the one before',
      theirs: "(1, 'cake', 5, 0, 7), (2, 'SOUP', 5, 0, 7)",
      writes: (table) => [
        merge(table, [1, 10], { ...named('cake'), fields: { name: 'tea' } }),
        merge(table, [2, 10], { ...named('soup'), fields: { name: 'milk' } }),
      ],
    },
    {
      title: 'a row that somebody has made',
      theirs: '(1, NULL, 0, 0, 7)',
      writes: (table) => two(table, 10),
    },
    {
      title: 'a row that somebody has deleted',
      before: (table) => two(table, 10),
      deleted: 2,
      writes: (table) => two(table, 20),
    },
    {
      title: 'a row that has to be there, and is not',
      theirs: '(1, NULL, 0, 0, 7)',
      writes: (table) => two(table, 10, { mustExist: 'or-reject' }),
    },
    ...(['tombstone', 'flag', 'delete'] as const).flatMap((how): readonly Case[] => [
      {
        title: `a row that was removed by ${how}`,
        before: (table) => [...two(table, 10), placed(table.removeOf(['1'], ['size'], { how }), at(15))],
        writes: (table) => two(table, 20),
      },
      {
        title: `a row that was removed by ${how} under another guard`,
        before: (table) => [...two(table, 10), placed(table.removeOf(['1'], ['size'], { how }), at(15))],
        writes: (table) => two(table, 20, { guard: 'own' }),
      },
    ]),
    {
      title: 'a row whose changes are told',
      before: (table) =>
        two(table, 10, { contested: [{ ...contested({ size: 4 }).contested![0]!, policy: 'dynamodb-wins' }] }),
      theirs: '(1, NULL, 5, 0, 7), (2, NULL, 5, 0, 7)',
      writes: (table) => two(table, 20),
    },
    {
      title: 'a conflict',
      theirs: '(1, NULL, 5, 0, 7), (2, NULL, 5, 0, 7)',
      writes: (table) => two(table, 10, contested({ size: 4 })),
    },
    {
      title: 'a conflict that is still remembered',
      before: (table) => two(table, 10, contested({ size: 4 })),
      theirs: '(1, NULL, 5, 0, 7), (2, NULL, 5, 0, 7)',
      writes: (table) => two(table, 20),
    },
    {
      title: 'what a replay has written',
      before: (table) => two(table, 10).map((one) => ({ ...one, run: 'r1' })),
      writes: (table) => two(table, 20),
    },
    { title: 'a replay', writes: (table) => two(table, 10).map((one) => ({ ...one, run: 'r1' })) },
    {
      title: 'a value that the server refuses',
      writes: (table) => [merge(table, [1, 10], { fields: { name: 'far too long' } }), merge(table, [2, 11])],
    },
    {
      title: 'a value that no column of the kind can hold',
      writes: (table) => [merge(table, [1, 10], { fields: { size: 'many' } }), merge(table, [2, 11])],
    },
    {
      title: 'a key that no row can have',
      writes: (table) => [placed(table.mergeOf(['x'], { size: 1 }), at(10)), ...two(table, 20)],
    },
    { title: 'a seed', writes: (table) => two(table, 10, { seed: true }) },
    { title: 'what mends', writes: (table) => two(table, 10, { mends: true }) },
    { title: 'a create', writes: (table) => [placed(table.createOf(['1'], {}), at(10)), merge(table, [2, 11])] },
    {
      title: 'a count',
      writes: (table) => [placed(table.countOf(['1'], { total: 1 }), at(10)), merge(table, [2, 11])],
    },
    { title: 'a call of one write', writes: (table) => [merge(table, [1, 10])] },
  ]

  test.each(REFUSED)('it refuses $title, and nothing of it stays', async (one) => {
    await using table = await open()
    await using calls = await prepare(table, one)
    const before = await end(table, null)
    expect(await end(table, await calls.quick(one.writes(table)))).toEqual(before)
    // As the sink itself goes on.
    const [sink, writes] = [await table.sink({ now: () => 0 }), one.writes(table)]
    expect(await end(table, await sink.apply(writes, forever))).toEqual(await careful(one))
  })

  test.each([
    { where: 'none was before, as is known', isKnown: true },
    { where: 'nobody has looked yet', isKnown: false },
  ])('a removal that is not over yet is waited for, whichever guard is moved on: $where', async ({ isKnown }) => {
    await using table = await open()
    await using calls = await prepare(table, { title: '', before: () => two(table, 10), writes: () => [] })
    if (isKnown) expect(await calls.quick(two(table, 15, { guard: 'own' }))).not.toBeNull()
    // As the sink does, without locks on what lies between rows.
    await table.query('SET TRANSACTION ISOLATION LEVEL READ COMMITTED')
    await table.query('START TRANSACTION')
    await table.query(
      `INSERT INTO millrace_positions (target, row_key, guard, removed) VALUES (?, '', 'any removed', 'yes')
        ON DUPLICATE KEY UPDATE removed = 'yes'`,
      [table.name],
    )
    const plain = [table.name, '1']
    await table.query(
      `UPDATE millrace_positions SET removed = 'tombstone' WHERE target = ? AND row_key = ? AND guard = ''`,
      plain,
    )
    const applied = (await table.sink()).apply(two(table, 20, { guard: 'own' }), forever)
    await lockWait(table.database)
    await table.query('COMMIT')
    expect(did(await applied)).toEqual(['applied', 'applied'])
    const { guards } = await end(table, null)
    expect(guards).toMatchObject(Array.from({ length: 4 }, () => ({ removed: null })))
    expect(await calls.quick(two(table, 30, { guard: 'own' }))).not.toBeNull()
  })

  test('the first removal of a table waits for those who go by none', async () => {
    await using table = await open()
    await using calls = await prepare(table, { title: '', before: () => two(table, 10), writes: () => [] })
    expect(await calls.quick(two(table, 15, { guard: 'own' }))).not.toBeNull()
    await table.query('START TRANSACTION')
    await table.query(
      `SELECT removed FROM millrace_positions WHERE target = ? AND row_key = '' AND guard = 'any removed' LOCK IN SHARE MODE`,
      [table.name],
    )
    const removed = calls.careful([placed(table.removeOf(['1'], ['size'], { how: 'delete' }), at(20))])
    await lockWait(table.database)
    await table.query('COMMIT')
    expect(did(await removed)).toEqual(['applied'])
    expect(await calls.quick(two(table, 30, { guard: 'own' }))).toBeNull()
  })

  test('rows that were removed before anybody kept whether any was are found', async () => {
    await using table = await open()
    await using calls = await prepare(table, { title: '', before: () => two(table, 10), writes: () => [] })
    await calls.careful([placed(table.removeOf(['1'], ['size'], { how: 'flag' }), at(20))])
    for (const refusal of ['kept', 'not kept']) {
      if (refusal === 'not kept') await table.query(`DELETE FROM millrace_positions WHERE row_key = ''`)
      expect(await calls.quick(two(table, 30, { guard: 'own' })), refusal).toBeNull()
    }
    // Whoever refuses has kept nothing either; who finds no removed row among its own does.
    const other = [3, 4].map((id) => merge(table, [id, 40 + id]))
    await calls.careful(other)
    expect(await calls.quick([3, 4].map((id) => merge(table, [id, 50 + id], { guard: 'own' })))).not.toBeNull()
    expect(await calls.quick(two(table, 60, { guard: 'own' }))).toBeNull()
  })

  test('a position that somebody moves on meanwhile is waited for, and not moved back', async () => {
    await using table = await open()
    await using calls = await prepare(table, { title: '', before: () => two(table, 10), writes: () => [] })
    const newer = placed(table.mergeOf(['1'], {}), at(30)).position
    await table.query('START TRANSACTION')
    await table.query(`UPDATE millrace_positions SET position = ? WHERE row_key = '1'`, [newer])
    const applied = (await table.sink()).apply(two(table, 20), forever)
    await lockWait(table.database)
    await table.query('COMMIT')
    expect(did(await applied)).toEqual(['stale', 'applied'])
    expect(await calls.quick(two(table, 20))).toBeNull()
    expect(await table.query(`SELECT size FROM ${table.name} ORDER BY id`)).toMatchObject([{ size: 11 }, { size: 22 }])
  })
})
