import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Exact, type Fields } from '../../../src/core/value.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { SinkDatabase } from '../../support/sink-database.ts'
import { did, forever, placed } from '../../support/sink-table.ts'

const COLUMNS = `id int PRIMARY KEY, name varchar(20), needed varchar(20) NOT NULL DEFAULT '', price decimal(20, 2),
  big bigint unsigned, flags bit(8), ratio double, day date, at datetime(3), moment timestamp NULL, span time, data json,
  bytes varbinary(20), fixed char(5), kind enum('a', 'b'), marks set('x', 'y', 'z'), theirs varchar(20)`
const OWNS = 'name needed price big flags ratio day at moment span data bytes fixed kind marks'.split(' ')

describe.each(FLAVOURS)('merges on %s', (flavour, shared) => {
  let table: SinkDatabase
  beforeAll(async () => {
    table = await SinkDatabase.open(await shared(), { columns: COLUMNS, key: ['id'], owns: OWNS })
  })
  afterAll(() => table[Symbol.asyncDispose]())

  test('only the given columns are set, null sets NULL, and what is not given stays', async () => {
    const sink = await table.sink()
    await table.query(`INSERT INTO ${table.name} (id, name, needed, theirs) VALUES (1, 'old', 'kept', 'theirs')`)
    const writes = [
      placed(table.mergeOf(['1'], { name: 'new', price: null }), { offset: 1 }),
      placed(table.mergeOf(['2'], { name: 'made' }), { offset: 2 }),
    ]
    expect(did(await sink.apply(writes, forever))).toEqual(['applied', 'applied'])
    expect(await table.row(1)).toMatchObject({ name: 'new', needed: 'kept', theirs: 'theirs', price: null })
    expect(await table.row(2)).toMatchObject({ name: 'made', needed: '', theirs: null })
    const gone = placed(table.mergeOf(['1'], { name: null }), { offset: 3 })
    await sink.apply([gone], forever)
    expect(await table.row(1)).toMatchObject({ name: null, needed: 'kept' })
  })

  test('a column that has no default and is not given is no matter to an update, nor is a trigger of inserts', async () => {
    await using own = await SinkDatabase.open(await shared(), {
      columns: 'id int PRIMARY KEY, name varchar(20), needed varchar(20) NOT NULL, CHECK (needed <> "")',
      key: ['id'],
      owns: ['name'],
    })
    await own.query(`INSERT INTO ${own.name} VALUES (1, 'old', 'x')`)
    await own.query(`CREATE TRIGGER inserted BEFORE INSERT ON ${own.name} FOR EACH ROW SIGNAL SQLSTATE '45000'`)
    const sink = await own.sink()
    const merge = placed(own.mergeOf(['1'], { name: 'new' }), { offset: 1 })
    expect(await sink.apply([merge], forever)).toEqual([{ did: 'applied' }])
    expect(await own.row(1)).toEqual({ id: 1, name: 'new', needed: 'x' })
  })

  const EXACTLY: readonly (readonly [column: string, given: Fields[string], held: unknown])[] = [
    ['name', `it's \\ "ü" 😀 \n`, `it's \\ "ü" 😀 \n`],
    ['name', 12345678901234567890n, '12345678901234567890'],
    ['name', true, 'true'],
    ['price', new Exact('123456789012345678.90'), '123456789012345678.90'],
    ['price', '1.5e3', '1500.00'],
    ['price', 0.1, '0.10'],
    ['big', 18446744073709551615n, '18446744073709551615'],
    ['big', true, 1],
    ['big', new Exact('7.0'), 7],
    ['flags', 5, Buffer.from([5])],
    ['ratio', 0.1, 0.1],
    ['ratio', new Exact('1e-300'), 1e-300],
    ['day', '2024-02-29', '2024-02-29'],
    ['day', '2024-02-29T00:00:00.000Z', '2024-02-29'],
    ['at', '2024-02-29T23:59:59.9999Z', '2024-02-29 23:59:59.999'],
    ['at', '2024-02-29T23:59:59+02:00', '2024-02-29 21:59:59.000'],
    ['at', '2024-02-29 10:00:00', '2024-02-29 10:00:00.000'],
    ['moment', '2024-06-01T10:00:00.7Z', '2024-06-01 10:00:00'],
    ['span', '-123:45:06', '-123:45:06'],
    ['data', { a: [1, new Exact('2.5'), 'x', null, true] }, { a: [1, 2.5, 'x', null, true] }],
    ['data', '{"b": 1}', { b: 1 }],
    ['bytes', Uint8Array.from([0, 255, 39, 92]), Buffer.from([0, 255, 39, 92])],
    ['fixed', 'ab  ', 'ab'],
    ['kind', 'b', 'b'],
    ['marks', ['z', 'x'], 'x,z'],
  ]

  const cases = EXACTLY.map(([name, given, held], at) => ({ name, given, held, at: at + 1 }))
  // Numbered: the test runner shows no bigint.
  test.each(cases.map(({ name, at }) => [name, at] as const))(
    'a value of %s is held exactly, and compares as equal (case %i)',
    async (name, at) => {
      const { given, held } = cases[at - 1]!
      const sink = await table.sink()
      // Beside another row: values of one statement share their columns' types.
      const writes = [
        placed(table.mergeOf([String(100 + at)], { [name]: given }), { offset: 100 + at }),
        placed(table.mergeOf([String(200 + at)], { [name]: null }), { offset: 200 + at }),
      ]
      expect(await sink.apply(writes, forever)).toEqual([{ did: 'applied' }, { did: 'applied' }])
      // As an insert, and as an update.
      for (const offset of [300 + at, 400 + at]) {
        const [row] = await table.query(`SELECT ${name} AS held FROM ${table.name} WHERE id = ?`, [100 + at])
        const found = name === 'data' && typeof row?.held === 'string' ? JSON.parse(row.held) : row?.held
        expect(name === 'ratio' ? Number(found) : found).toEqual(name === 'moment' ? expect.any(String) : held)
        const again = writes.map((one) => ({ ...one, position: placed(one.write, { offset }).position }))
        expect(
          await sink.compare(
            again.map(({ write }) => write),
            { isSure: true, signal: forever },
          ),
        ).toMatchObject([{ differences: [] }, { differences: [] }])
        expect(did(await sink.apply(again, forever))).toEqual(['applied', 'applied'])
      }
    },
  )

  test('a timestamp is UTC, whatever the zone of the server', async () => {
    const sink = await table.sink()
    await sink.apply([placed(table.mergeOf(['3'], { moment: '2024-06-01T10:00:00Z' }), { offset: 1 })], forever)
    const [row] = await table.query(`SELECT UNIX_TIMESTAMP(moment) AS seconds FROM ${table.name} WHERE id = 3`)
    expect(Number(row?.seconds)).toBe(Date.UTC(2024, 5, 1, 10) / 1000)
  })

  test('where a row must exist there is none made, and the reason names it', async () => {
    const sink = await table.sink()
    const write = table.mergeOf(['404'], { name: 'x' }, { mustExist: 'or-reject' })
    const [outcome] = await sink.apply([placed(write, { offset: 1 })], forever)
    expect(outcome).toEqual({
      did: 'rejected',
      reason: `${table.name} [404]: there is no such row, and it may not make one`,
    })
    expect(await table.row(404)).toBeUndefined()
    await table.query(`INSERT INTO ${table.name} (id) VALUES (404)`)
    expect(did(await sink.apply([placed(write, { offset: 1 })], forever))).toEqual(['applied'])
    expect(await table.row(404)).toMatchObject({ name: 'x' })
  })

  test('guards are apart from each other, and a removal of a row that never was keeps older changes out', async () => {
    const sink = await table.sink()
    const apply = async (write: Parameters<typeof placed>[0], at: number) =>
      did(await sink.apply([placed(write, { offset: at })], forever))[0]
    expect(await apply(table.mergeOf(['5'], { name: 'a' }, { guard: 'one' }), 9)).toBe('applied')
    expect(await apply(table.mergeOf(['5'], { big: 1 }, { guard: 'two' }), 3)).toBe('applied')
    expect(await apply(table.mergeOf(['5'], { name: 'b' }, { guard: 'one' }), 8)).toBe('stale')
    expect(await table.row(5)).toMatchObject({ name: 'a', big: 1 })
    expect(await apply(table.removeOf(['6'], ['name']), 5)).toBe('applied')
    expect(await apply(table.mergeOf(['6'], { name: 'late' }), 4)).toBe('stale')
    expect(await table.row(6)).toBeUndefined()
    expect(await apply(table.mergeOf(['6'], { name: 'again' }), 6)).toBe('applied')
    expect(await table.row(6)).toMatchObject({ name: 'again' })
  })

  test('a flag leaves the row as it is; a seed comes only where nothing was merged', async () => {
    const sink = await table.sink()
    await sink.apply([placed(table.mergeOf(['7'], { name: 'a' }), { offset: 1 })], forever)
    await sink.apply([placed(table.removeOf(['7'], ['name'], { how: 'flag' }), { offset: 2 })], forever)
    expect(await table.row(7)).toMatchObject({ name: 'a' })
    const compared = await sink.compare([table.mergeOf(['7'], { name: 'a' })], { isSure: true, signal: forever })
    expect(compared).toMatchObject([
      { differences: [{ fields: [{ wanted: null, held: '2025-11-28T14:30:00.000Z' }] }] },
    ])
    const seed = (id: string) => placed(table.mergeOf([id], { name: 'seed' }, { seed: true }), { offset: 9 })
    expect(did(await sink.apply([seed('7'), seed('8'), seed('8')], forever))).toEqual(['exists', 'applied', 'applied'])
    expect(did(await sink.apply([placed(table.mergeOf(['8'], { name: 'real' }), { offset: 1 })], forever))).toEqual([
      'applied',
    ])
    expect(await table.row(8)).toMatchObject({ name: 'real' })
  })

  test('a replay of what was applied is stale, and its own repeat is applied', async () => {
    const sink = await table.sink()
    const write = placed(table.mergeOf(['9'], { name: 'a' }), { offset: 1 })
    await sink.apply([write], forever)
    expect(did(await sink.apply([{ ...write, run: 'r1' }], forever))).toEqual(['stale'])
    const newer = placed(table.mergeOf(['9'], { name: 'b' }), { offset: 2 })
    expect(did(await sink.apply([{ ...newer, run: 'r1' }], forever))).toEqual(['applied'])
    expect(did(await sink.apply([{ ...newer, run: 'r1' }], forever))).toEqual(['applied'])
    expect(did(await sink.apply([{ ...newer, run: 'r2' }], forever))).toEqual(['stale'])
  })

  test('a create never changes a row that exists, and knows the one it made', async () => {
    const sink = await table.sink()
    await table.query(`INSERT INTO ${table.name} (id, name) VALUES (10, 'theirs')`)
    const theirs = placed(table.createOf(['10'], { name: 'ours' }), { offset: 1 })
    const ours = placed(table.createOf(['11'], { name: 'ours' }), { offset: 2 })
    const another = placed(table.createOf(['11'], { name: 'another' }), { offset: 3 })
    expect(did(await sink.apply([theirs, ours, another], forever))).toEqual(['exists', 'applied', 'exists'])
    expect(did(await (await table.sink()).apply([ours, another], forever))).toEqual(['applied', 'exists'])
    expect(await table.row(10)).toMatchObject({ name: 'theirs' })
    expect(await table.row(11)).toMatchObject({ name: 'ours' })
    await sink.apply([placed(table.removeOf(['11'], ['name']), { offset: 5 })], forever)
    expect(did(await sink.apply([another], forever))).toEqual(['stale'])
    const back = placed(table.createOf(['11'], { name: 'back' }), { offset: 6 })
    expect(did(await sink.apply([back], forever))).toEqual(['applied'])
    expect(await table.row(11)).toMatchObject({ name: 'back' })
  })

  test('what is foreseen is what is then done, and nothing is written by it', async () => {
    const own = await table.sink()
    const writes = [
      placed(table.mergeOf(['20'], { name: 'x' }), { offset: 1 }),
      placed(table.mergeOf(['404'], { name: 'old' }), { offset: 0 }),
      placed(table.mergeOf(['21'], { price: '1.234' }), { offset: 2 }),
      placed(table.createOf(['10'], { name: 'x' }), { offset: 3 }),
    ]
    const foreseen = await own.foresee(writes, forever)
    expect(did(foreseen)).toEqual(['applied', 'stale', 'rejected', 'exists'])
    expect(await table.row(20)).toBeUndefined()
    expect(await own.apply(writes, forever)).toEqual(foreseen)
  })

  test(`keys of text and of two columns are the row that ${flavour} takes them for`, async () => {
    await using own = await SinkDatabase.open(await shared(), {
      columns: 'a varchar(50) CHARACTER SET latin1, b datetime, v varchar(20), PRIMARY KEY (a, b)',
      key: ['a', 'b'],
      owns: ['v'],
    })
    const sink = await own.sink()
    await own.query(`INSERT INTO ${own.name} VALUES ('ü', '2024-01-01 10:00:00', 'old'), ('Abc', '2024-01-01', 'old')`)
    const merge = (a: string, b: string, offset: number) => placed(own.mergeOf([a, b], { v: 'new' }), { offset })
    const outcomes = await sink.apply([merge('ü', '2024-01-01T10:00:00Z', 1), merge('aBC', '2024-01-01', 2)], forever)
    expect(did(outcomes)).toEqual(['applied', 'rejected'])
    expect(outcomes[1]?.reason).toMatch(/Duplicate entry/u)
    const rows = await own.query(`SELECT a, v FROM ${own.name} ORDER BY a`)
    expect(rows.map(({ a, v }) => `${a} ${v}`)).toEqual(['Abc old', 'ü new'])
  })
})
