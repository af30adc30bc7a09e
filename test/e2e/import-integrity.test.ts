// When an import is done its tables are looked at, and what was found stays with the run.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunView } from '../../src/control/run-view.ts'
import type { CheckResult } from '../../src/core/integrity.ts'
import { ImportPlace } from '../support/import-place.ts'
import { ScriptedApi } from '../support/scripted-api.ts'

const connectorOf = (name: string) => new URL(`../support/connectors/${name}.ts`, import.meta.url).pathname

class Box implements AsyncDisposable {
  readonly place: ImportPlace

  private constructor(place: ImportPlace) {
    this.place = place
  }

  static async open(connector = 'tickets'): Promise<Box> {
    return new Box(await ImportPlace.open({ MILLRACE_CONNECTORS: connectorOf(connector) }))
  }

  async import(targetTable: string, text: string): Promise<RunView> {
    await writeFile(join(this.place.folder, `${targetTable}.csv`), text)
    const asked = { sourceType: 'csv', sourceIdentifier: `${targetTable}.csv`, options: { targetTable } }
    return this.place.done(await this.place.trigger(asked))
  }

  /** Those that are not as expected, by name. */
  amiss({ integrity }: RunView): Readonly<Record<string, readonly [number, number | null]>> {
    const amiss = (integrity ?? []).filter(({ ok, why }) => !ok && why === null)
    return Object.fromEntries(amiss.map(({ table, name, expected, found }) => [`${table}: ${name}`, [expected, found]]))
  }

  async discrepancies(check: string): Promise<number> {
    const text = await this.place.metrics()
    const [, count] =
      new RegExp(`^millrace_import_discrepancies_total.*check="${check}"\\} (\\d+)$`, 'mu').exec(text) ?? []
    return Number(count ?? 0)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.place[Symbol.asyncDispose]()
  }
}

test('what is as it should be is told too, over HTTP and in MySQL; a check that cannot be made fails alone', async () => {
  await using box = await Box.open()
  await box.import('halls', 'id,name\nh1,Great\nh2,Small\n')
  const run = await box.import('tickets', 'id,hall,seat\n1,h1,1\n2,h2,120\n3,,3\n4,h1,x\n')
  expect(run).toMatchObject({ state: 'done', tally: { applied: 3, rejected: 1 } })
  const sound = { expected: 0, found: 0, threshold: 0, ok: true, why: null }
  const wanted: CheckResult[] = [
    { check: 'reference', table: 'tickets', name: 'hall is of halls', ...sound },
    { check: 'rule', table: 'tickets', name: 'seats have numbers', ...sound },
    { check: 'rule', table: 'tickets', name: 'few seats are in the dark', ...sound, found: 1, threshold: 1 },
    {
      ...{ check: 'rule', table: 'tickets', name: 'nobody understands this', ...sound, found: null, ok: false },
      why: expect.stringContaining("Unknown column 'no_such_column'"),
    },
    { check: 'count', table: 'tickets', name: 'rows that the run made', ...sound, expected: 3, found: 3 },
    { check: 'sample', table: 'tickets', name: 'rows as they were read', ...sound, expected: 3, found: 3 },
    { check: 'sample', table: 'tickets', name: 'rows as their source has them', ...sound, expected: 3, found: 3 },
  ]
  expect((await box.place.get(`/v1/sync/${run.id}`)).body).toMatchObject({ integrity: wanted })
  const [kept] = await box.place.query(`SELECT integrity FROM sync_runs WHERE id = '${run.id}'`)
  const { integrity } = kept as { integrity: string | object }
  expect(typeof integrity === 'string' ? JSON.parse(integrity) : integrity).toEqual(wanted)
  expect(await box.discrepancies('rule')).toBe(1)
  expect(await box.discrepancies('reference')).toBe(0)
  expect(box.place.output).toContain('an import left discrepancies')
})

test('a row whose parent is not there, and one that a rule forbids, are counted; the run is done all the same', async () => {
  await using box = await Box.open()
  await box.import('halls', 'id,name\nh1,Great\n')
  const run = await box.import(
    'tickets',
    'id,hall,seat\n1,h1,1\n2,h7,2\n3,h8,0\n4,h1,200\n5,h1,201\n6,h1,202\n7,h1,203\n',
  )
  expect(run.state).toBe('done')
  expect(box.amiss(run)).toEqual({
    'tickets: hall is of halls': [0, 2],
    'tickets: seats have numbers': [0, 1],
    'tickets: few seats are in the dark': [0, 4],
  })
  expect(await box.discrepancies('reference')).toBe(1)
  expect(await box.discrepancies('rule')).toBe(3)
})

test('parents that an import deletes leave orphans in tables that it did not bring', async () => {
  await using box = await Box.open()
  await box.import('halls', 'id,name\nh1,Great\nh2,Small\n')
  await box.import('tickets', 'id,hall,seat\n1,h1,1\n2,h2,2\n')
  const more = await box.import('halls', 'id,name\nh1,Great\nh2,Small\nh3,Round\n')
  expect(more.integrity?.map(({ table }) => table)).not.toContain('tickets')
  const run = await box.import('halls', 'id,name\nh1,Great\nh3,Round\n')
  expect(run.writes).toMatchObject({ 'halls deleted': 1 })
  expect(box.amiss(run)).toEqual({ 'tickets: hall is of halls': [0, 1] })
})

test('rows that are not as the run made them, and rows that it made and are not there, are found', async () => {
  await using box = await Box.open()
  await box.place.database.query(
    `CREATE TRIGGER meddle BEFORE INSERT ON tickets FOR EACH ROW
      SET NEW.seat = IF(NEW.id < 3, 77, NEW.seat), NEW.mr_made = IF(NEW.id = 7, 'another', NEW.mr_made)`,
  )
  await box.import('halls', 'id,name\nh1,Great\n')
  const run = await box.import(
    'tickets',
    `id,hall,seat\n${[1, 2, 3, 4, 5, 6, 7].map((id) => `${id},h1,${id}\n`).join('')}`,
  )
  expect(box.amiss(run)).toEqual({
    'tickets: rows that the run made': [7, 6],
    'tickets: rows as they were read': [7, 5],
    'tickets: rows as their source has them': [7, 5],
  })
})

test('what the source has no more, and cannot be deleted, is found; a source that has nothing is not believed', async () => {
  await using box = await Box.open()
  await box.import('halls', 'id,name\nh1,Great\nh2,Small\nh3,Round\n')
  await box.place.database.query(
    'CREATE TABLE concerts (hall VARCHAR(50) COLLATE utf8mb4_bin, FOREIGN KEY (hall) REFERENCES halls (id))',
  )
  await box.place.database.query("INSERT INTO concerts VALUES ('h2')")
  const refused = await box.import('halls', 'id,name\nh1,Great\n')
  expect(refused.writes).toMatchObject({ 'halls deleted': 1 })
  expect(box.amiss(refused)).toEqual({ 'halls: rows that the source has': [1, 2] })
  const nothing = await box.import('halls', 'id,name\n')
  expect(box.amiss(nothing)).toEqual({ 'halls: rows that the source has': [0, 2] })
})

test('of many rows some are looked at, from all over the run; the same file once more needs no look at its rows', async () => {
  await using box = await Box.open()
  const lines = Array.from({ length: 45_000 }, (_, row) => `${row},,${row + 1}\n`)
  const run = await box.import('tickets', `id,hall,seat\n${lines.join('')}`)
  expect(run).toMatchObject({ state: 'done', tally: { applied: 45_000 } })
  const of = ({ integrity }: RunView, name: string) => integrity?.find((one) => one.name === name)
  expect(of(run, 'rows that the run made')).toMatchObject({ expected: 45_000, found: 45_000, ok: true })
  expect(of(run, 'rows as they were read')).toMatchObject({ expected: 100, found: 100, ok: true })
  expect(of(run, 'few seats are in the dark')).toMatchObject({ found: 44_900, threshold: 22_500, ok: false })
  const again = await box.import('tickets', `id,hall,seat\n${lines.join('')}`)
  expect(again).toMatchObject({ state: 'done', writes: { 'tickets unchanged': 45_000 } })
  expect(of(again, 'rows that the run made')).toMatchObject({ expected: 0, found: 0, ok: true })
  expect(of(again, 'rows as they were read')).toBeUndefined()
})

test('a table that an import has not changed is not walked through again, until something of it or of its parents changes', async () => {
  await using box = await Box.open('seats')
  const { place } = box
  const HALLS = 'id,name\nh1,Great\nh2,Small\n'
  const SEATS = 'id,hall\ns1,h1\ns2,h2\n'
  await box.import('halls', HALLS)
  const first = await box.import('seats', SEATS)
  expect(box.amiss(first)).toEqual({})
  // Nobody looks: what a person takes away shows when the table is next walked through.
  await place.database.query("DELETE FROM halls WHERE id = 'h2'")
  const same = await box.import('seats', `${SEATS}\n`)
  expect(same).toMatchObject({ tally: { applied: 0, exists: 2 } })
  const names = ({ integrity }: RunView) => integrity?.map(({ name }) => name) ?? []
  // Nor is the source asked again of rows that did not come.
  expect([...names(same), 'rows as their source has them']).toEqual(names(first))
  expect(box.amiss(same)).toEqual({})
  const changed = await box.import('seats', `${SEATS}s3,h1\n`)
  expect(box.amiss(changed)).toEqual({ 'seats: hall is of halls': [0, 1] })
  // What was amiss is looked for again.
  expect(box.amiss(await box.import('seats', `${SEATS}s3,h1\n\n`))).toEqual({ 'seats: hall is of halls': [0, 1] })
  await box.import('halls', `${HALLS}h3,New\n`)
  expect(box.amiss(await box.import('seats', `${SEATS}s3,h1\n\n\n`))).toEqual({})
})

test('some rows are asked of their source again: what was read wrong shows, and rows that were set aside are no matter', async () => {
  await using box = await Box.open('seats')
  const { place } = box
  const lines = Array.from({ length: 3_000 }, (_, row) => `s${row},h1\n`).join('')
  await writeFile(join(place.folder, 'seats.csv'), `id,hall\n${lines}s1,h2\n`)
  const asked = { sourceType: 'csv', sourceIdentifier: 'seats.csv', options: { targetTable: 'seats' } }
  const found = (run: RunView) => run.integrity?.find(({ name }) => name === 'rows as their source has them')
  const first = await place.done(await place.trigger(asked))
  expect(first).toMatchObject({ state: 'done', tally: { applied: 3_000, rejected: 1 } })
  expect(found(first)).toMatchObject({ check: 'sample', table: 'seats', ok: true })
  expect(found(first)?.expected).toBeGreaterThanOrEqual(20)
  expect(found(first)?.found).toBe(found(first)?.expected)
  // Whoever reads the table finds other halls than the file has: as though they had been read wrong.
  await place.database.query(
    "CREATE TRIGGER wrong BEFORE UPDATE ON seats FOR EACH ROW SET NEW.hall = CONCAT(NEW.hall, '?')",
  )
  await writeFile(join(place.folder, 'seats.csv'), `id,hall\n${lines.replaceAll('h1', 'h3')}`)
  const second = await place.done(await place.trigger(asked))
  expect(second.state).toBe('done')
  expect(found(second)).toMatchObject({ ok: false, found: 0 })
})

test('an API is asked for some rows one by one where it says how, and by pages all over its walk where it does not', async () => {
  const songs = Array.from({ length: 4_000 }, (_, song) => ({ ident: `s${song}`, title: `Song ${song}` }))
  const SIZE = 100
  let wrong = ''
  await using api = await ScriptedApi.open(({ url }) => {
    const [, ident] = /^\/songs\/(\w+)$/u.exec(url.pathname) ?? []
    const song = songs.find((one) => one.ident === ident)
    if (ident !== undefined) return { body: { ...song, title: `${song?.title}${wrong}` } }
    const page = Number(url.searchParams.get('page'))
    return { body: songs.slice((page - 1) * SIZE, page * SIZE).map((one) => ({ ...one, title: `${one.title}!` })) }
  })
  await using place = await ImportPlace.open({ MILLRACE_IMPORT_PRIVATE_HOSTS: new URL(api.url).host })
  const bring = async (contentType: string, request: object) => {
    const mapping = { external_id: 'ident' }
    const options = { contentType, columnMapping: mapping, pagination: { pageSize: SIZE }, request }
    const before = api.asked.length
    const run = await place.done(
      await place.trigger({ sourceType: 'api', sourceIdentifier: `${api.url}/songs`, options }),
    )
    expect(run).toMatchObject({ state: 'done', tally: { applied: 4_000 } })
    const asked = api.asked.slice(before).map(({ url }) => `${url.pathname}${url.search}`)
    const repeated = asked.filter((one, index) => asked.indexOf(one) < index)
    const sample = run.integrity?.find(({ name }) => name === 'rows as their source has them')
    return { sample, repeated, alone: asked.filter((one) => one.startsWith('/songs/')) }
  }
  const byPages = await bring('film', {})
  expect(byPages.alone).toEqual([])
  // The first page was asked for once more when the import was ordered.
  const pages = new Set(byPages.repeated)
  expect(pages.size).toBeGreaterThanOrEqual(3)
  expect(byPages.sample).toMatchObject({ ok: true, found: byPages.sample?.expected })
  const one = { url: `${api.url}/songs/{external_id}` }
  wrong = '!'
  const alone = await bring('music', { one })
  expect(alone.sample).toMatchObject({ ok: true, expected: 10, found: 10 })
  expect(new Set(alone.alone).size).toBe(10)
  wrong = '?'
  expect((await bring('book', { one })).sample).toMatchObject({ ok: false, expected: 10, found: 0 })
})
