// Files of every form give the same rows, page by page, and go on where a page ended.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Dialect } from '../../../src/core/csv-dialect.ts'
import type { ChangeEvent } from '../../../src/core/event.ts'
import type { Imported } from '../../../src/core/imported.ts'
import { CsvSource, type CsvSourceOptions } from '../../../src/source/csv/csv-source.ts'

const IMPORTED: Imported = {
  fields: {
    id: { type: 'integer', isRequired: true },
    title: { type: 'text', lengthMax: 20 },
    price: { type: 'decimal', scale: 2 },
  },
  names: [['id']],
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-csv-'))
})
afterAll(() => rm(folder, { recursive: true }))

let files = 0
async function file(content: string | Buffer): Promise<string> {
  const path = join(folder, `${files++}.csv`)
  await writeFile(path, content)
  return path
}

function source(path: string, more: Partial<Omit<CsvSourceOptions, 'dialect'>> & { dialect?: Partial<Dialect> } = {}) {
  const dialect = Dialect.parse({ ...more.dialect })
  return new CsvSource({
    connector: 'content',
    path,
    imported: IMPORTED,
    mapping: {},
    constants: {},
    orderedAtMs: 1,
    ...more,
    dialect,
  })
}

const SCOPE = { table: 'things', from: null, to: null, filters: [] }

/** All rows; each page by a source of its own where `afresh` says so. */
async function read(open: () => CsvSource, { rowsMax = 1_000, afresh = false } = {}): Promise<readonly ChangeEvent[]> {
  const { signal } = new AbortController()
  let one = open()
  const upTo = await one.last()
  const events: ChangeEvent[] = []
  for (let after: string | null | undefined; after !== null; ) {
    const page = await one.page({ scope: SCOPE, after: after ?? null, upTo, rowsMax, run: 'c/r' }, signal)
    events.push(...page.events)
    after = page.next
    if (afresh) one = open()
  }
  return events
}

const valuesOf = (events: readonly ChangeEvent[]) => events.map(({ after }) => [after?.id, after?.title, after?.price])
const faultsOf = (events: readonly ChangeEvent[]) => events.map(({ parts: { fault } }) => fault)

const TEXT = 'id,title,price\n1,café,2.5\n2,"a, b",\n3,–,0\n'
const ROWS = [
  [1, 'café', '2.50'],
  [2, 'a, b', null],
  [3, '–', '0.00'],
]

describe('forms', () => {
  test.each([
    ['UTF-8', Buffer.from(TEXT), {}],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${TEXT}`), {}],
    ['UTF-16 with its mark', Buffer.from(`\ufeff${TEXT}`, 'utf16le'), {}],
    ['big-endian UTF-16', Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16(), {}],
    ['UTF-16 without', Buffer.from(TEXT, 'utf16le'), { encoding: 'utf-16le' as const }],
    ['Windows-1252', iconv.encode(TEXT, 'windows-1252'), { encoding: 'windows-1252' as const }],
    ['gzip', gzipSync(TEXT), {}],
    ['zstd', zstdCompressSync(TEXT), {}],
    [
      'semicolons, and a carriage return alone',
      TEXT.replaceAll(', ', '\u0001').replaceAll(',', ';').replaceAll('\u0001', ', ').replaceAll('\n', '\r'),
      { delimiter: ';' },
    ],
  ])('%s', async (_what, content, dialect) => {
    const path = await file(content)
    expect(valuesOf(await read(() => source(path, { dialect })))).toEqual(ROWS)
    expect(valuesOf(await read(() => source(path, { dialect }), { rowsMax: 1, afresh: true }))).toEqual(ROWS)
  })

  test('Latin-1', async () => {
    const path = await file(Buffer.from('id,title\n1,café\n', 'latin1'))
    expect(valuesOf(await read(() => source(path, { dialect: { encoding: 'latin1' } })))).toEqual([[1, 'café', null]])
  })
})

test('a file that breaks off is a fault each time it is asked for', async () => {
  const rows = Array.from({ length: 20_000 }, (_, id) => `${id},${(id * 7_919) % 20_011},${id}\n`).join('')
  const packed = gzipSync(`id,title,price\n${rows}`)
  const one = source(await file(packed.subarray(0, packed.length - 100)))
  const { signal } = new AbortController()
  const page = (after: string | null) => one.page({ scope: SCOPE, after, upTo: null, rowsMax: 1, run: 'c/r' }, signal)
  let after: string | null = null
  const walk = async () => {
    do after = (await page(after)).next
    while (after !== null)
  }
  await expect(walk()).rejects.toThrow('cannot be unpacked')
  await expect(walk()).rejects.toThrow('cannot be unpacked')
})

test('without a header columns are named by their numbers; constants are in every row', async () => {
  const path = await file('x,7\ny,8\n')
  const options = { dialect: { hasHeader: false }, mapping: { id: '2', title: '1' }, constants: { price: '1.5' } }
  expect(valuesOf(await read(() => source(path, options)))).toEqual([
    [7, 'x', '1.50'],
    [8, 'y', '1.50'],
  ])
})

test('a row that is wrong is told with its line, its words and why; the good ones arrive', async () => {
  const path = await file('id,title,price\n1,a,1\nx,b,1\n2,c\n3,d,1.234\n,e,1\n4,"f"g,1\n5,ok,1\n')
  const events = await read(() => source(path))
  expect(faultsOf(events)).toEqual([
    null,
    'id is "x", but must be a whole number',
    'it has 2 fields, where the header has 3',
    'price is "1.234", but must be a number with at most 2 digits behind its point, as 12.5',
    'id is missing',
    'there is text behind a closing quote',
    null,
  ])
  const wrong = events[2]
  expect(wrong?.after).toMatchObject({ mr_place: 4, mr_said: '2,c' })
})

test('bytes that are no text in the encoding are told', async () => {
  const bytes = Buffer.from('id,title\n1,caf\xe9\n2,fine\n', 'latin1')
  const path = await file(bytes)
  expect(faultsOf(await read(() => source(path)))).toEqual([
    'title is no text in utf-8: the file may have another encoding',
    null,
  ])
  const lone = await file(Buffer.from('\ufeffid,title\n1,a\ud800b\n2,fine\n', 'utf16le'))
  expect(faultsOf(await read(() => source(lone)))).toEqual([
    'title is no text in utf-16le: the file may have another encoding',
    null,
  ])
})

test.each([
  ['a column that is not there', 'id,title\n1,a\n', { mapping: { title: 'name' } }, /no name: it has id, title/u],
  ['a slip', 'id,titel\n1,a\n', { mapping: { title: 'title' } }, /did you mean titel/u],
  ['another delimiter', 'id;title;price\n1;a;2\n', {}, /is the delimiter ";"\?/u],
  ['a field that is not there', 'id\n1\n', { mapping: { colour: 'id' } }, /no field colour/u],
  ['an empty file', '', {}, /the file is empty/u],
])('%s is told before anything is read', async (_what, content, options, message) => {
  const path = await file(content)
  await expect(read(() => source(path, options))).rejects.toMatchObject({
    code: 'IMPORT_INVALID',
    message: expect.stringMatching(message),
  })
})

test('a file that is taken away meanwhile is named', async () => {
  const path = await file('id\n1\n2\n')
  const one = source(path)
  const upTo = await one.last()
  await rm(path)
  const request = { scope: SCOPE, after: null, upTo, rowsMax: 1, run: 'c/r' }
  await expect(one.page(request, new AbortController().signal)).rejects.toMatchObject({
    code: 'IMPORT_UNREADABLE',
    message: expect.stringContaining(path),
  })
})

test('a file that is written to meanwhile is noticed', async () => {
  const path = await file('id\n1\n2\n')
  const one = source(path)
  const upTo = await one.last()
  const request = { scope: SCOPE, upTo, rowsMax: 1, run: 'c/r' }
  const { signal } = new AbortController()
  const { next } = await one.page({ ...request, after: null }, signal)
  await writeFile(path, 'id\n1\n2\n3\n')
  await expect(one.page({ ...request, after: next }, signal)).rejects.toMatchObject({ code: 'IMPORT_CHANGED' })
})

test('a packed file that was cut short is told', async () => {
  const path = await file(gzipSync(TEXT.repeat(50)).subarray(0, 60))
  await expect(read(() => source(path))).rejects.toMatchObject({ code: 'IMPORT_UNREADABLE' })
})
