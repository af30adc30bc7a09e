// What is wrong with files and APIs, through the whole line: each has a clear reason, and the good rows arrive. What a secret
// is for is never written down.

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { ImportPlace } from '../support/import-place.ts'
import { type Asked, type Scripted, ScriptedApi } from '../support/scripted-api.ts'

const TOKEN = 'a-token/that+nobody=may~see'

/** Runs it, and says what became of each row that did not arrive, by its line. */
async function brought(place: ImportPlace, body: object) {
  const run = await place.done(await place.trigger(body))
  const rows = await place.query(
    `SELECT source_row, category, reason FROM sync_errors WHERE sync_run_id = '${run.id}' ORDER BY source_row`,
  )
  const reasons = (rows as { source_row: number; category: string; reason: string }[]).map(
    ({ source_row, category, reason }) => `${source_row} ${category}: ${reason}`,
  )
  return { run, reasons }
}

async function fromFile(place: ImportPlace, content: string | Buffer, options: object = {}) {
  await writeFile(join(place.folder, 'in.csv'), content)
  const asked = { targetTable: 'catalog_items', ...options }
  return brought(place, { sourceType: 'csv', sourceIdentifier: 'in.csv', options: asked })
}

const names = async (place: ImportPlace) =>
  (await place.query('SELECT name FROM catalog_items ORDER BY name')).map((row) => (row as { name: string }).name)

test('numbers out of range, and of the wrong kind, are told in the words of what was wanted', async () => {
  await using place = await ImportPlace.open()
  const prices = ['4.50', '100000000.00', '-1', '1.234', '1e3', '99999999.99', 'NaN']
  const lines = prices.map((price, at) => `${at},Item ${at},${price}\n`).join('')
  const { run, reasons } = await fromFile(place, `external_id,name,price\n${lines}`)
  expect(run).toMatchObject({ state: 'done', tally: { applied: 2, rejected: 5 } })
  const digits = 'a number with at most 2 digits behind its point, as 12.5'
  expect(reasons).toEqual([
    '3 validation: price is "100000000.00", but must be 99999999.99 at most',
    '4 validation: price is "-1", but must be 0 at least',
    `5 validation: price is "1.234", but must be ${digits}`,
    `6 validation: price is "1e3", but must be ${digits}`,
    `8 validation: price is "NaN", but must be ${digits}`,
  ])
  expect(await names(place)).toEqual(['Item 0', 'Item 5'])
  const years = ['1999', '10000', '9223372036854775808', '19.5']
  const songs = years.map((year, at) => `music,Song ${at},${year}\n`).join('')
  const wrong = await fromFile(place, `content_type,title,year\n${songs}`, { targetTable: 'content_index' })
  expect(wrong.reasons).toEqual([
    '3 validation: year is "10000", but must be 9999 at most',
    '4 validation: year is "9223372036854775808", but must be a whole number',
    '5 validation: year is "19.5", but must be a whole number',
  ])
  expect(await place.query('SELECT title FROM content_index')).toEqual([{ title: 'Song 0' }])
})

test('of two rows with one key the second is set aside, unless it says the same', async () => {
  await using place = await ImportPlace.open()
  const { run, reasons } = await fromFile(place, 'external_id,name,price\n1,Soup,1\n2,Tea,2\n1,Soup,9\n2,Tea,2\n')
  expect(run).toMatchObject({ state: 'done', tally: { applied: 2, exists: 1, rejected: 1 } })
  // What did not arrive is told once, and is no discrepancy besides.
  expect(run.integrity?.filter(({ ok }) => !ok)).toEqual([])
  expect(reasons).toEqual([
    expect.stringMatching(/^4 duplicate: .*another row of this import has the same key, and says something else$/u),
  ])
  expect(await place.query('SELECT name, price FROM catalog_items ORDER BY name')).toEqual([
    { name: 'Soup', price: '1.00' },
    { name: 'Tea', price: '2.00' },
  ])
})

test('bytes that are none of the encoding are told with the row that has them', async () => {
  await using place = await ImportPlace.open()
  const latin = Buffer.from('external_id,name\n1,Soup\n2,Caf\u00e9\n3,Tea\n', 'latin1')
  const { reasons } = await fromFile(place, latin, { encoding: 'utf-8' })
  expect(reasons).toEqual(['3 validation: name is no text in utf-8: the file may have another encoding'])
  expect(await names(place)).toEqual(['Soup', 'Tea'])
  const right = await fromFile(place, latin, { encoding: 'latin1' })
  expect(right).toMatchObject({ reasons: [], run: { tally: { applied: 1, exists: 2 } } })
})

test('another delimiter is guessed at, a missing file and a broken one are named; nothing is read then', async () => {
  await using place = await ImportPlace.open()
  const refused = async (content: string | Buffer, options: object = {}) => {
    await writeFile(join(place.folder, 'in.csv'), content)
    const asked = { targetTable: 'catalog_items', ...options }
    const { status, body } = await place.ask({ sourceType: 'csv', sourceIdentifier: 'in.csv', options: asked })
    const { error } = body as { error: { code: string; message: string } }
    return `${status} ${error.code}: ${error.message}`
  }
  const text = 'external_id;name;price\n1;Soup;1\n'
  expect(await refused(text)).toMatch(/^400 IMPORT_INVALID: .*is the delimiter ";"\?$/u)
  expect(await refused('')).toBe('400 IMPORT_INVALID: the file is empty')
  expect(await refused(gzipSync(text).subarray(0, 20), { compression: 'gzip' })).toMatch(/^400 IMPORT_UNREADABLE: /u)
  const missing = { sourceType: 'csv', sourceIdentifier: 'gone.csv', options: { targetTable: 'catalog_items' } }
  expect(await place.ask(missing)).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining('gone.csv') } },
  })
  expect(await place.runs()).toEqual([])
  // Without a header nothing gives it away but the rows.
  const headless = { hasHeader: false, columnMapping: { external_id: '1', name: '2' } }
  const { run, reasons } = await fromFile(place, '1;Soup\n2;Tea\n', headless)
  expect(run).toMatchObject({ state: 'done', tally: { applied: 0, rejected: 2 } })
  expect(reasons).toEqual(['1 validation: name is missing', '2 validation: name is missing'])
})

test('rows that have too few or too many fields, and quotes that are not closed, cost themselves alone', async () => {
  await using place = await ImportPlace.open()
  const lines = ['1,Soup,1', '2,Bread', '3,Wine,9,red', '4,"Tea"x,1', '5,Milk,2', '6,"Rice,1']
  const { run, reasons } = await fromFile(place, `external_id,name,price\n${lines.join('\n')}\n`)
  expect(run).toMatchObject({ state: 'done', tally: { applied: 2, rejected: 4 } })
  expect(reasons).toEqual([
    '3 validation: it has 2 fields, where the header has 3',
    '4 validation: it has 4 fields, where the header has 3',
    '5 validation: there is text behind a closing quote',
    '7 validation: a quote is not closed before the end of the file',
  ])
  expect(await names(place)).toEqual(['Milk', 'Soup'])
})

const PAGE = { sourceType: 'api', options: { targetTable: 'catalog_items', pagination: { type: 'page' } } }

interface ApiAt extends AsyncDisposable {
  readonly api: ScriptedApi
  readonly place: ImportPlace
}

async function apiAt(answer: (asked: Asked) => Scripted): Promise<ApiAt> {
  await using opened = new AsyncDisposableStack()
  const api = opened.use(await ScriptedApi.open(answer))
  const place = opened.use(await ImportPlace.open({ MILLRACE_IMPORT_PRIVATE_HOSTS: new URL(api.url).host }))
  const all = opened.move()
  return { api, place, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

const GOOD = [
  { external_id: 'a', name: 'Soup' },
  { external_id: 'b', name: 'Tea' },
]
const HTML: Scripted = { headers: { 'content-type': 'text/html' }, body: '<html><h1>We are down for now</h1></html>' }
const HTML_AS_JSON: Scripted = { body: HTML.body }
const CUT: Scripted = { body: '[{"external_id": "c", "name": "Mi' }

test.each<[string, Scripted, string, RegExp]>([
  ['an error page', HTML, 'IMPORT_ANSWER_INVALID', /answers with text\/html instead of JSON: .*We are down for now/u],
  ['one that claims to be JSON', HTML_AS_JSON, 'IMPORT_ANSWER_INVALID', /cut short or wrong; its end is: .*<\/html>$/u],
  ['JSON that is cut short', CUT, 'IMPORT_ANSWER_INVALID', /cut short or wrong; its end is: .*"Mi$/u],
])(
  'with 200, %s ends the run behind the rows before it, and is refused at once as the first',
  async (_, bad, code, says) => {
    await using at = await apiAt(({ url }) => (url.searchParams.get('page') === '2' ? bad : { body: GOOD }))
    const { api, place } = at
    const { run } = await brought(place, { ...PAGE, sourceIdentifier: `${api.url}/items` })
    expect(run).toMatchObject({ state: 'failed', error: { code, message: expect.stringMatching(says) } })
    expect(await names(place)).toEqual(['Soup', 'Tea'])
    expect(await place.query('SELECT status, error_code, items_inserted FROM sync_runs')).toEqual([
      { status: 'failed', error_code: code, items_inserted: 2 },
    ])
    api.answer = () => bad
    expect(await place.ask({ ...PAGE, sourceIdentifier: `${api.url}/items` })).toMatchObject({
      status: expect.toSatisfy((status: number) => status >= 400),
      body: { error: { code, message: expect.stringMatching(says) } },
    })
    expect(await place.runs()).toHaveLength(1)
  },
)

test('an answer that breaks off is asked for again, and nothing is missing', async () => {
  let asked = 0
  await using at = await apiAt(({ url }) => {
    if (url.searchParams.get('page') === '1') return { body: GOOD }
    // While it is read, and when a sample of it is held against the table.
    const isBreaking = url.searchParams.get('page') === '2' && [1, 3].includes(++asked)
    if (isBreaking) return { body: [{ name: 'Milk' }], breaks: 'cut' }
    return { body: url.searchParams.get('page') === '2' ? [{ external_id: 'c', name: 'Milk' }] : [] }
  })
  const { run } = await brought(at.place, { ...PAGE, sourceIdentifier: `${at.api.url}/items` })
  expect(run).toMatchObject({ state: 'done', tally: { applied: 3 } })
  const sample = { name: 'rows as their source has them', ok: true, expected: 3, found: 3 }
  expect(run.integrity).toContainEqual(expect.objectContaining(sample))
  expect(asked).toBe(4)
})

test('redirects that lead in a circle, or on and on, end in a reason', async () => {
  await using at = await apiAt(({ url }) => {
    if (url.pathname === '/circle') return { status: 302, headers: { location: '/back' } }
    if (url.pathname === '/back') return { status: 302, headers: { location: '/circle' } }
    if (url.pathname.startsWith('/on')) return { status: 307, headers: { location: `${url.pathname}n` } }
    return url.searchParams.get('page') === '2' ? { status: 302, headers: { location: '/circle' } } : { body: GOOD }
  })
  const { api, place } = at
  const asking = (path: string) => place.ask({ ...PAGE, sourceIdentifier: `${api.url}${path}` })
  const code = 'IMPORT_REQUEST_REFUSED'
  const says = (message: string) => ({ body: { error: { code, message: expect.stringContaining(message) } } })
  expect(await asking('/circle')).toMatchObject(says('/back leads back to where it came from'))
  expect(await asking('/on')).toMatchObject(says('that are allowed'))
  const { run } = await brought(place, { ...PAGE, sourceIdentifier: `${api.url}/items` })
  expect(run).toMatchObject({ state: 'failed', tally: { applied: 2 }, error: { code } })
  expect(await names(place)).toEqual(['Soup', 'Tea'])
})

/** All that a person, or a program, may come to see of it. */
async function everything(place: ImportPlace): Promise<string> {
  const paths = ['/api/runs', '/v1/sync/stats', '/admin/audit', '/admin/sync-status', '/api/dead', '/health/ready']
  const runs = await place.runs()
  const answers = await Promise.all(
    [...paths, ...runs.map(({ id }) => `/v1/sync/${id}`)].map((path) => place.get(path)),
  )
  const tables = (await place.query('SHOW TABLES')).map((row) => String(Object.values(row)[0]))
  const rows = await Promise.all(tables.map((table) => place.query(`SELECT * FROM ${table}`)))
  const files = (await readdir(place.folder)).map((file) => readFile(join(place.folder, file), 'latin1'))
  return [
    JSON.stringify(answers),
    JSON.stringify(rows),
    await place.metrics(),
    place.output,
    ...(await Promise.all(files)),
  ].join('\n')
}

/** However somebody may have written it. */
const FORMS = [
  TOKEN,
  encodeURIComponent(TOKEN),
  encodeURI(TOKEN),
  TOKEN.replaceAll('/', '\\/'),
  Buffer.from(TOKEN).toString('base64'),
]

const AUTHS = {
  bearer: { type: 'bearer', token: TOKEN },
  key: { type: 'apikey', key: TOKEN, name: 'key', in: 'query' },
}

test.each(Object.keys(AUTHS) as (keyof typeof AUTHS)[])(
  'a secret (%s) that the source gives back is in no log line, no answer, no table and no file',
  async (name) => {
    const encoded = encodeURIComponent(TOKEN)
    const echoes: Readonly<Record<string, Scripted>> = {
      denied: { status: 401, body: { error: `${TOKEN} is no key of ours` } },
      refused: { status: 400, body: `key=${encoded} is unknown` },
      page: { headers: { 'content-type': 'text/html' }, body: `<p>${TOKEN}</p>` },
      cut: { body: `{"key": "${TOKEN}` },
      unlisted: { body: { [TOKEN]: 1 } },
      items: { body: [{ external_id: 'z', name: TOKEN }] },
      broken: { body: [{ external_id: 'z', price: TOKEN }] },
      circle: { status: 302, headers: { location: `/items/${encoded}?echo=circle&key=${encoded}` } },
      on: { status: 302, headers: { location: `ftp://127.0.0.1/${encoded}` } },
    }
    await using at = await apiAt(({ url }) => {
      const echo = echoes[url.searchParams.get('echo') ?? '']
      return echo !== undefined && url.searchParams.get('page') !== '1' ? echo : { body: GOOD }
    })
    const { api, place } = at
    const seen: string[] = []
    for (const echo of Object.keys(echoes)) {
      const auth = AUTHS[name]
      const asked = { ...PAGE, options: { ...PAGE.options, auth }, sourceIdentifier: `${api.url}/items?echo=${echo}` }
      const run = await place.done(await place.trigger(asked))
      expect([echo, run.state]).toEqual([echo, 'failed'])
      const first = { ...asked, options: { ...asked.options, pagination: { enabled: false } } }
      seen.push(JSON.stringify([run, await place.ask(first)]))
    }
    const all = `${seen.join('\n')}\n${await everything(place)}`
    for (const form of FORMS)
      expect(all.includes(form) ? all.slice(all.indexOf(form) - 200, all.indexOf(form) + 60) : '').toBe('')
    expect(all).toContain('***')
    expect(
      api.asked.some(
        ({ url, headers }) => headers.authorization === `Bearer ${TOKEN}` || url.searchParams.get('key') === TOKEN,
      ),
    ).toBe(true)
  },
)
