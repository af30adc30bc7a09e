// MySQL's binary JSON: the text that it is shown as, to the last character. MariaDB has its JSON as text.

import { describe, expect, test } from 'vitest'
import { type BothPaths, bothPaths } from '../../support/both-paths.ts'
import { type FreshDatabase, freshDatabase } from '../../support/fresh-database.ts'
import { Random } from '../../support/random.ts'
import { sharedMysql } from '../../support/shared-server.ts'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** What SQL makes, and the text it has. */
const MADE: readonly (readonly [sql: string, text: string])[] = [
  [`'{"b": 1, "a": [1, 2], "aa": {}, "": []}'`, '{"": [], "a": [1, 2], "b": 1, "aa": {}}'],
  [`'null'`, 'null'],
  [`'[true, false, null]'`, '[true, false, null]'],
  [`'""'`, '""'],
  [`JSON_QUOTE('/ "quoted" \\\\ \\b\\t\\n\\r')`, '"/ \\"quoted\\" \\\\ \\b\\t\\n\\r"'],
  [`'"\\\\u0000\\\\u001f\\\\f\\\\u007f\\\\u00e9\\\\ud83c\\\\udf5c"'`, '"\\u0000\\u001f\\f\u007fé🍜"'],
  [`'[0, -1, 32767, -32768, 32768, 65535, 65536, -32769]'`, '[0, -1, 32767, -32768, 32768, 65535, 65536, -32769]'],
  [`'[2147483647, -2147483648, 4294967295, 4294967296]'`, '[2147483647, -2147483648, 4294967295, 4294967296]'],
  [`'[9223372036854775807, -9223372036854775808]'`, '[9223372036854775807, -9223372036854775808]'],
  [`'[18446744073709551615, 18446744073709551616]'`, '[18446744073709551615, 1.8446744073709552e19]'],
  [`'[1.0, 0.1, 1e100, -1.5e-20, 1e15, 1e14]'`, '[1.0, 0.1, 1e100, -1.5e-20, 1e15, 100000000000000.0]'],
  [`'[5e-324, 1.7976931348623157e308, 0.00001]'`, '[5e-324, 1.7976931348623157e308, 0.00001]'],
  [`'[-0.0, 2385900436696949.5]'`, '[-0.0, 2385900436696949.5]'],
  ['CAST(CAST(-123.450 AS DECIMAL(10,3)) AS JSON)', '-123.450'],
  ['JSON_ARRAY(CAST(0.5 AS DECIMAL(65,30)))', `[0.5${'0'.repeat(29)}]`],
  ["JSON_ARRAY(DATE'2024-02-29')", '["2024-02-29"]'],
  ["JSON_ARRAY(TIMESTAMP'2024-02-29 12:34:56.5')", '["2024-02-29 12:34:56.500000"]'],
  ["JSON_ARRAY(TIME'-838:59:59', TIME'00:00:00.000001')", '["-838:59:59.000000", "00:00:00.000001"]'],
  ["JSON_ARRAY(TIME'-00:00:00.5')", '["-00:00:00.500000"]'],
  ["JSON_OBJECT('bytes', X'00FF', 'bits', b'101')", '{"bits": "base64:type15:BQ==", "bytes": "base64:type15:AP8="}'],
  ["JSON_ARRAY(CAST('2024' AS YEAR))", '[2024]'],
]

async function shown(database: FreshDatabase, insert: () => Promise<unknown>): Promise<BothPaths> {
  return (await bothPaths(await sharedMysql(), database, insert)).get('documents')!
}

async function withDocuments(): Promise<FreshDatabase> {
  const database = await freshDatabase(await sharedMysql())
  await database.query('CREATE TABLE documents (id INT PRIMARY KEY, document JSON)')
  return database
}

describe('JSON of MySQL', () => {
  test('values of every kind', async () => {
    await using database = await withDocuments()
    const rows = MADE.map(([sql], id) => `(${id}, ${sql})`)
    const found = await shown(database, () => database.query(`INSERT INTO documents VALUES ${rows.join(',')}`))
    expect(found.shape.columns[1]).toEqual({ name: 'document', kind: 'json', type: 'json' })
    expect(found.rows.map(({ document }) => document)).toEqual(MADE.map(([, text]) => text))
  })

  test('documents too large for short offsets, and as deep as the server allows', async () => {
    await using database = await withDocuments()
    const wide = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [`key ${index}`, [index, 'x'.repeat(20), index * 1e5]]),
    )
    const long = Array.from({ length: 30_000 }, (_, index) => index * 3)
    const deep = `${'[{"a": '.repeat(50)}1${'}]'.repeat(50)}`
    const texts = [JSON.stringify(wide), JSON.stringify(long), JSON.stringify(['é🍜'.repeat(100_000)]), deep]
    const found = await shown(database, async () => {
      for (const [id, text] of texts.entries()) {
        await database.query('INSERT INTO documents VALUES (?, ?)', [id, text])
      }
    })
    const documents = found.rows.map(({ document }) => String(document))
    expect(documents.map((text) => JSON.parse(text))).toEqual(texts.map((text) => JSON.parse(text)))
    expect(documents[3]).toBe(deep)
  })

  test('any document', async () => {
    const random = new Random()
    await using database = await withDocuments()
    const documents = Array.from({ length: 400 }, () => randomJson(random, 4))
    const found = await shown(database, async () => {
      for (let start = 0; start < documents.length; start += 100) {
        const some = documents.slice(start, start + 100)
        const values = some.flatMap((document, index) => [start + index, JSON.stringify(document)])
        await database.query(`INSERT INTO documents VALUES ${some.map(() => '(?, ?)').join(',')}`, values)
      }
    })
    expect(found.rows.map(({ document }) => JSON.parse(String(document)))).toEqual(documents)
  })
})

function randomJson(random: Random, depth: number): Json {
  const kind = random.below(depth > 0 ? 8 : 6)
  const count = random.below(5)
  switch (kind) {
    case 0:
      return random.pick([null, true, false])
    case 1:
      return random.below(2 ** 31) - random.below(2 ** 31)
    case 2:
      return random.below(2 ** 53) * random.pick([1, -1])
    case 3:
      return (random.next() - 0.5) * 10 ** (random.below(600) - 300)
    case 4:
    case 5:
      return randomText(random)
    case 6:
      return Array.from({ length: count }, () => randomJson(random, depth - 1))
    default:
      // Nothing to escape: V8's JSON.parse has been seen to take one escaped key for another that it had met before.
      return Object.fromEntries(
        Array.from({ length: count }, () => [randomText(random, PLAIN), randomJson(random, depth - 1)]),
      )
  }
}

const PLAIN = ['a', 'é', '日', '🍜', ' ', "'"]

function randomText(random: Random, characters = [...PLAIN, '"', '\\', '\n', '\u0001']): string {
  return Array.from({ length: random.below(random.chance(0.1) ? 200 : 8) }, () => random.pick(characters)).join('')
}
