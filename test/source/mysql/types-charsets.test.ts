// Every character of every character set the servers offer, by both ways, and what becomes of bytes that are none.

import { describe, expect, test } from 'vitest'
import { captureRows } from '../../support/binlog-capture.ts'
import { bothPaths, selectRows } from '../../support/both-paths.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { type FreshDatabase, freshDatabase } from '../../support/fresh-database.ts'

const CODES_PER_ROW = 190
const QUESTION_MARK = '0000003F'
const REPLACEMENT = '\ufffd'

/** A code in hexadecimal, and the character it stands for; null for codes that stand for none. */
type Code = readonly [hex: string, character: string | null]

const byte = (value: number) => value.toString(16).padStart(2, '0').toUpperCase()
const range = (from: number, to: number, step = 1) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step)

const singles = range(0, 0xff).map(byte)
const pairs = range(0x80, 0xff).flatMap((lead) => range(0x20, 0xff).map((trail) => byte(lead) + byte(trail)))
const triples = range(0xa1, 0xff).flatMap((second) =>
  range(0xa1, 0xff).map((third) => `8F${byte(second)}${byte(third)}`),
)
/** Of the 1.5 million there are. */
const quads = range(0, 126 * 12_600 - 1, 211).map((number) => {
  const [third, fourth] = [Math.floor(number / 10) % 126, number % 10]
  const [first, second] = [Math.floor(number / 12_600), Math.floor(number / 1260) % 10]
  return byte(0x81 + first) + byte(0x30 + second) + byte(0x81 + third) + byte(0x30 + fourth)
})
const unicode = [...range(0, 0xd7ff), ...range(0xe000, 0xffff), ...range(0x10000, 0x10ffff, 97)]

function unicodeCodes(charset: string): readonly Code[] {
  const characters = unicode.filter((code) => code < 0x10000 || /4|16|32/.test(charset))
  return characters.map((code) => {
    const character = String.fromCodePoint(code)
    const bytes = Buffer.from(character, charset.startsWith('utf8') ? 'utf8' : 'utf16le')
    if (charset === 'utf32') bytes.write('')
    const hex =
      charset === 'utf32'
        ? code.toString(16).padStart(8, '0')
        : isBig(charset)
          ? bytes.swap16().toString('hex')
          : bytes.toString('hex')
    return [hex.toUpperCase(), character]
  })
}

const isBig = (charset: string) => charset === 'ucs2' || charset === 'utf16'

/** What the server itself says of all codes that may be codes. */
async function serverCodes(database: FreshDatabase, charset: string, bytesMax: number): Promise<readonly Code[]> {
  const sql = `SELECT HEX(code) AS code, HEX(CONVERT(CONVERT(code USING ${charset}) USING utf32)) AS meaning
    FROM codes WHERE LENGTH(code) <= ${bytesMax} AND (LENGTH(code) < 4 OR '${charset}' = 'gb18030')`
  const rows = await database.query(sql)
  return rows.flatMap(({ code, meaning }): Code[] => {
    // A sequence that is no code at all is taken byte by byte, or refused.
    if (meaning === null || meaning.length !== 8) return []
    if (meaning === QUESTION_MARK && code !== '3F') return [[code, null]]
    return [[code, String.fromCodePoint(Number.parseInt(meaning, 16))]]
  })
}

async function fillCodes(database: FreshDatabase): Promise<void> {
  await database.query('CREATE TABLE codes (code VARBINARY(4))')
  for (const codes of [singles, pairs, triples, quads]) {
    await database.query(`INSERT INTO codes VALUES ${codes.map((code) => `(X'${code}')`).join(',')}`)
  }
}

function chunks(codes: readonly Code[]): readonly (readonly Code[])[] {
  return range(0, codes.length - 1, CODES_PER_ROW).map((start) => codes.slice(start, start + CODES_PER_ROW))
}

describe.each(FLAVOURS)('%s', (_, open) => {
  test('each character of each charset comes out as the server reads it', async () => {
    const server = await open()
    await using database = await freshDatabase(server)
    await fillCodes(database)
    const charsets = await database.query(
      "SELECT CHARACTER_SET_NAME AS name, MAXLEN AS bytesMax FROM information_schema.CHARACTER_SETS WHERE CHARACTER_SET_NAME <> 'binary'",
    )
    const expected = new Map<string, readonly string[]>()
    const found = await bothPaths(server, database, async () => {
      for (const { name, bytesMax } of charsets) {
        const isUnicode = /^u(tf|cs)/.test(name)
        const codes = isUnicode ? unicodeCodes(name) : await serverCodes(database, name, bytesMax)
        const rows = chunks(codes.filter(([, character]) => character !== null))
        expected.set(
          `in_${name}`,
          rows.map((row) => row.map(([, character]) => character).join('')),
        )
        await database.query(`CREATE TABLE in_${name} (id INT PRIMARY KEY, value VARCHAR(200) CHARACTER SET ${name})`)
        const values = rows.map((row, id) => `(${id}, _${name} X'${row.map(([hex]) => hex).join('')}')`)
        await database.query(`INSERT INTO in_${name} VALUES ${values.join(',')}`)
      }
    })
    expect(found.size).toBe(charsets.length)
    for (const [table, { rows, faults }] of found) {
      expect({ table, values: rows.map(({ value }) => value) }).toEqual({ table, values: expected.get(table) })
      expect(faults.every((fault) => fault === null)).toBe(true)
    }
  })

  test('bytes that are no text are told by column, charset and bytes, and the rest of the row is there', async () => {
    const server = await open()
    await using database = await freshDatabase(server)
    await database.query(`CREATE TABLE broken (id INT PRIMARY KEY, half VARCHAR(9) CHARACTER SET ucs2,
      hole VARCHAR(9) CHARACTER SET cp1250, pair CHAR(9) CHARACTER SET sjis, fine TEXT)`)
    const found = await bothPaths(server, database, () =>
      database.query(`INSERT INTO broken VALUES (1, _ucs2 X'0041D8000042', 'x', 'x', 'fine'),
        (2, 'x', _cp1250 X'61817A', 'x', 'fine'), (3, 'x', 'x', _sjis X'8140EAFC2E', NULL), (4, 'x', 'x', 'x', 'x')`),
    )
    const { rows, faults } = found.get('broken')!
    expect(rows).toEqual([
      { id: 1, half: `A${REPLACEMENT}B`, hole: 'x', pair: 'x', fine: 'fine' },
      { id: 2, half: 'x', hole: `a${REPLACEMENT}z`, pair: 'x', fine: 'fine' },
      { id: 3, half: 'x', hole: 'x', pair: `\u3000${REPLACEMENT}${REPLACEMENT}.`, fine: null },
      { id: 4, half: 'x', hole: 'x', pair: 'x', fine: 'x' },
    ])
    const place = `${database.name}.broken`
    expect(faults).toEqual([
      `${place}.half holds bytes that are no ucs2: 0xD8000042 at byte 2 of 6`,
      `${place}.hole holds bytes that are no cp1250: 0x817A at byte 1 of 3`,
      `${place}.pair holds bytes that are no sjis: 0xEAFC2E at byte 2 of 5`,
      null,
    ])
  })

  test('UTF-8 that is none is found wherever it stands', async () => {
    const server = await open()
    await using database = await freshDatabase(server)
    await database.query('CREATE TABLE broken (id INT PRIMARY KEY, value TEXT)')
    const { shape } = (
      await bothPaths(server, database, () => database.query("INSERT INTO broken VALUES (1, 'x')"))
    ).get('broken')!
    const { select } = await selectRows(database, 'broken')
    expect(select.shape).toEqual(shape)
    const read = (text: string) => {
      const { image, fault } = select.row([Buffer.from('1'), Buffer.from(text, 'latin1')])
      return { value: image.row.value, fault: fault?.replace(/^.*: /, '') ?? null }
    }
    const long = 'x'.repeat(100)
    expect(read(`a\xc3(`)).toEqual({ value: `a${REPLACEMENT}(`, fault: '0xC328 at byte 1 of 3' })
    expect(read(`${long}\xff`)).toEqual({ value: `${long}${REPLACEMENT}`, fault: '0xFF at byte 100 of 101' })
    expect(read('\xed\xa0\x80')).toEqual({ value: REPLACEMENT.repeat(3), fault: '0xEDA080 at byte 0 of 3' })
    expect(read('\xef\xbf')).toEqual({ value: REPLACEMENT, fault: '0xEFBF at byte 0 of 2' })
    expect(read('\xef\xbf\xbd')).toEqual({ value: REPLACEMENT, fault: null })
    expect(read('\xf0\x9f\x8d\x9c')).toEqual({ value: '🍜', fault: null })
  })

  test('a row that is mended is whole, though what it held before is not', async () => {
    const server = await open()
    await using database = await freshDatabase(server)
    await database.query('CREATE TABLE broken (id INT PRIMARY KEY, value VARCHAR(9) CHARACTER SET cp1250)')
    const rows = await captureRows(server, database, async () => {
      await database.query("INSERT INTO broken VALUES (1, _cp1250 X'81')")
      await database.query("UPDATE broken SET value = 'whole'")
      await database.query("UPDATE broken SET value = _cp1250 X'81'")
      await database.query('DELETE FROM broken')
    })
    expect(rows.map(({ fault }) => fault !== null)).toEqual([true, false, true, true])
  })
})
