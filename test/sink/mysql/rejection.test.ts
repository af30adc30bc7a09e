// What the server refuses is an outcome, with the server's own words; everything else of the call is applied.

import { describe, expect, test } from 'vitest'
import type { Fields } from '../../../src/core/value.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { SinkDatabase } from '../../support/sink-database.ts'
import { did, forever, placed } from '../../support/sink-table.ts'

const COLUMNS = `id int PRIMARY KEY, code varchar(5) UNIQUE, few tinyint, day date, kind enum('a'), must int NOT NULL DEFAULT 1,
  parent int, price decimal(4, 2), latin varchar(9) CHARACTER SET latin1, data json, CHECK (few < 100),
  FOREIGN KEY (parent) REFERENCES parents (id)`
const OWNS = 'code few day kind must parent price latin data'.split(' ')

describe.each(FLAVOURS)('what %s refuses', (_flavour, shared) => {
  async function open(): Promise<SinkDatabase> {
    const before = 'CREATE TABLE parents (id int PRIMARY KEY)'
    return SinkDatabase.open(await shared(), { columns: COLUMNS, key: ['id'], owns: OWNS, before })
  }

  const REFUSED: readonly (readonly [why: string, fields: Fields, words: RegExp])[] = [
    ['another row holds a unique value', { code: 'taken' }, /Duplicate entry 'taken'/u],
    ['a text is too long', { code: 'toolong' }, /Data (too long|truncated) for column 'code'/u],
    ['a number is out of range', { few: 300 }, /Out of range value for column 'few'/u],
    ['a check is not kept', { few: 100 }, /CONSTRAINT|constraint/u],
    ['a date is none', { day: '2024-02-30' }, /Incorrect date value: '2024-02-30'|Data truncat/u],
    ['a label is unknown', { kind: 'b' }, /Data truncated for column 'kind'/u],
    ['a column must not be NULL', { must: null }, /Column 'must' cannot be null/u],
    ['the row referred to is missing', { parent: 7 }, /foreign key constraint fails/u],
    ['a decimal has too many digits before its point', { price: '100.00' }, /Out of range value for column 'price'/u],
    ['a decimal would be rounded', { price: '1.005' }, /price cannot hold "1.005": it is more digits than the 2/u],
    ['a character is in no way held', { latin: '日本' }, /Incorrect string value|Cannot convert string/u],
    ['a text is no number', { few: 'many' }, /few cannot hold "many": it is no number/u],
    ['a number is not whole', { few: 1.5 }, /few cannot hold "1.5": it is no whole number/u],
    ['a time is none', { day: 'tomorrow' }, /day cannot hold "tomorrow": it is no date/u],
    ['a text is no JSON', { data: '{' }, /Invalid JSON text|CONSTRAINT/u],
  ]

  test.each(REFUSED)('%s', async (_why, fields, words) => {
    await using table = await open()
    const sink = await table.sink()
    await table.query(`INSERT INTO ${table.name} (id, code) VALUES (1, 'taken'), (2, 'b')`)
    const other = 'must' in fields ? { few: 3 } : { must: 3 }
    for (const id of ['2', '3']) {
      const writes = [
        placed(table.mergeOf(['10'], { few: 1 }), { offset: 1 }),
        placed(table.mergeOf([id], fields), { offset: 2, lane: 'bad' }),
        placed(table.mergeOf(['11'], { ...fields, ...harmless(fields) }), { offset: 3 }),
        placed(table.mergeOf(['12'], { few: 2 }), { offset: 4, lane: 'bad' }),
        placed(table.mergeOf([id], other), { offset: 5 }),
      ]
      const outcomes = await sink.apply(writes, forever)
      expect(did(outcomes)).toEqual(['applied', 'rejected', 'applied', 'rejected', 'applied'])
      expect(outcomes[1]?.reason).toContain(`${table.name} [${id}]: `)
      expect(outcomes[1]?.reason).toMatch(words)
      expect(outcomes[3]?.reason).toBe('behind t1:0:2, which was rejected')
      expect(await table.row(Number(id))).toMatchObject(other)
      expect(await table.row(12)).toBeUndefined()
    }
  })

  test('of many writes all those are found that are refused, and the rest is applied', async () => {
    await using table = await open()
    const sink = await table.sink()
    const isBad = (id: number) => id % 37 === 0
    const writes = Array.from({ length: 300 }, (_, id) =>
      placed(table.mergeOf([String(id)], { code: isBad(id) ? 'toolong' : `c${id}` }), { offset: id }),
    )
    const outcomes = await sink.apply(writes, forever)
    expect(outcomes.map(({ did: one }) => one === 'rejected')).toEqual(writes.map((_, id) => isBad(id)))
    const [row] = await table.query(`SELECT COUNT(*) AS count FROM ${table.name}`)
    expect(row?.count).toBe(outcomes.filter(({ did: one }) => one === 'applied').length)
  })

  test('of several writes to a row the first that is refused is to blame, and the next one may do', async () => {
    await using table = await open()
    const sink = await table.sink()
    const writes = [
      placed(table.mergeOf(['1'], { few: 1 }), { offset: 1 }),
      placed(table.mergeOf(['1'], { code: 'toolong' }), { offset: 2 }),
      placed(table.mergeOf(['1'], { few: 3 }), { offset: 3 }),
    ]
    expect(did(await sink.apply(writes, forever))).toEqual(['applied', 'rejected', 'applied'])
    expect(await table.row(1)).toMatchObject({ few: 3, code: null })
  })

  test('a value that another row of the call gives up is free for the next one', async () => {
    await using table = await open()
    const sink = await table.sink()
    await sink.apply([placed(table.mergeOf(['1'], { code: 'a' }), { offset: 1 })], forever)
    await sink.apply([placed(table.mergeOf(['2'], { code: 'b' }), { offset: 2 })], forever)
    const writes = [
      placed(table.mergeOf(['1'], { code: 'b' }), { offset: 3 }),
      placed(table.mergeOf(['2'], { code: 'c' }), { offset: 4 }),
      placed(table.mergeOf(['3'], { code: 'a' }), { offset: 5 }),
    ]
    expect(did(await sink.apply(writes, forever))).toEqual(['applied', 'applied', 'applied'])
    const rows = await table.query(`SELECT id, code FROM ${table.name} ORDER BY id`)
    expect(rows.map(({ code }) => code)).toEqual(['b', 'c', 'a'])
  })

  test('a column or a table that is not there stops the connector by name, until it is', async () => {
    await using table = await open()
    const sink = await table.sink()
    const write = placed(table.mergeOf(['1'], { few: 1 }), { offset: 1 })
    await sink.apply([write], forever)
    await table.query(`ALTER TABLE ${table.name} DROP CONSTRAINT ${await checkName(table)}, DROP COLUMN few`)
    const next = placed(table.mergeOf(['1'], { few: 2 }), { offset: 2 })
    const stops = { fate: 'stop', message: expect.stringMatching(/few/u) }
    for (let time = 0; time < 2; time++) await expect(sink.apply([next], forever)).rejects.toMatchObject(stops)
    await table.query(`ALTER TABLE ${table.name} ADD COLUMN few int`)
    expect(did(await sink.apply([next], forever))).toEqual(['applied'])
    expect(await table.row(1)).toMatchObject({ few: 2 })
    const elsewhere = await table.sink({ targets: { nowhere: { key: ['id'], owns: ['v'] } } })
    const lost = placed({ do: 'merge', table: 'nowhere', key: ['1'], fields: { v: 1 } }, { offset: 1 })
    await expect(elsewhere.apply([lost], forever)).rejects.toMatchObject({ code: 'SINK_TABLE_MISSING', fate: 'stop' })
  })

  test('what a connector does not own is refused before anything is sent, and so is what MySQL cannot do', async () => {
    await using table = await open()
    const sink = await table.sink()
    const wrong = { code: 'CONNECTOR_INVALID', fate: 'stop' }
    const refuse = async (write: Parameters<typeof placed>[0]) =>
      expect(sink.apply([placed(write, { offset: 1 })], forever)).rejects.toMatchObject(wrong)
    await refuse(table.mergeOf(['1'], { id: 5 }))
    await refuse(table.mergeOf(['1'], { others: 5 }))
    await refuse(table.mergeOf(['1', '2'], { few: 5 }))
    await refuse({
      ...{ do: 'identify', table: table.name, within: 'v', claims: [], id: 'x', fields: {}, merge: false },
      key: () => ['1'],
    })
    expect(await table.query('SHOW TABLES LIKE "millrace%"')).toEqual([])
  })
})

/** The same columns with values that are no harm: one statement writes both. */
function harmless(fields: Fields): Fields {
  const values: Fields = { code: 'fine', few: 1, day: '2024-01-01', kind: 'a', must: 1, parent: null, price: '1.00' }
  return Object.fromEntries(Object.keys(fields).map((name) => [name, values[name] ?? null]))
}

async function checkName(table: SinkDatabase): Promise<string> {
  const [row] = await table.query(
    `SELECT CONSTRAINT_NAME AS name FROM information_schema.TABLE_CONSTRAINTS WHERE CONSTRAINT_TYPE = 'CHECK'
      AND TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '${table.name}' AND CONSTRAINT_NAME NOT IN ('data')`,
  )
  return `\`${row?.name}\``
}
