// A table that each run rebuilds: filled beside the one in use, and put in its place at once.

import { expect, test } from 'vitest'
import type { RunView } from '../../src/control/run-view.ts'
import { isOfRun } from '../../src/sink/mysql/import/run-literal.ts'
import { ImportPlace } from '../support/import-place.ts'
import { ScriptedSquare, SQUARE_TOKEN } from '../support/scripted-square.ts'
import { SquareWorld } from '../support/square-world.ts'
import { until } from '../support/until.ts'

const TABLE = 'square_item_library_export'

async function open(requestsPerSecond: number) {
  const world = new SquareWorld({ orders: 1, items: 120 })
  await using opened = new AsyncDisposableStack()
  const square = opened.use(await ScriptedSquare.open(world))
  const settings = {
    MILLRACE_CONNECTORS: 'square',
    MILLRACE_SQUARE_URL: square.url,
    MILLRACE_SQUARE_TOKEN: SQUARE_TOKEN,
    MILLRACE_SQUARE_REQUESTS_PER_SECOND: String(requestsPerSecond),
    MILLRACE_IMPORT_PRIVATE_HOSTS: new URL(square.url).host,
  }
  const place = opened.use(await ImportPlace.open(settings))
  const moved = opened.move()
  return { world, square, place, settings, [Symbol.asyncDispose]: () => moved.disposeAsync() }
}

/** How many rows readers find, until they are told to stop. */
async function heldUntil(place: ImportPlace, signal: AbortSignal): Promise<ReadonlySet<number>> {
  const seen = new Set<number>()
  while (!signal.aborted) {
    const found = (await place.query(`SELECT COUNT(*) AS held FROM ${TABLE}`)) as { held: number }[]
    for (const { held } of found) seen.add(held)
  }
  return seen
}

async function beside(place: ImportPlace): Promise<readonly string[]> {
  const found = await place.query(`SHOW TABLES LIKE '${TABLE}\\_%'`)
  return found.map((row) => String(Object.values(row)[0]))
}

function isOfExport(body: unknown): boolean {
  const { object_types: types, include_deleted_objects: isOfAll } = (body ?? {}) as Record<string, unknown>
  return String(types) === 'ITEM' && isOfAll === false
}

const tokensOf = (world: SquareWorld) =>
  [...world.catalog.values()]
    .filter(({ type, is_deleted }) => type === 'ITEM_VARIATION' && is_deleted !== true)
    .map(({ id }) => id)
    .toSorted()

test('the old rows are there until the new ones all are; counts are right, nothing is left, and it is taken back byte for byte', async () => {
  await using opened = await open(10_000)
  const { world, place } = opened
  const sync = async () => {
    const run = await place.done(
      (await place.post('/admin/foundation-sync', { data_types: ['locations', 'catalog'] })).body as RunView,
    )
    expect(run).toMatchObject({ state: 'done', tally: { rejected: 0 } })
    return run
  }
  const rows = () => place.query(`SELECT t.*, HEX(mr_digest) AS digest FROM ${TABLE} t ORDER BY token`)
  const first = await sync()
  expect(first.writes).toMatchObject({ [`${TABLE} inserted`]: tokensOf(world).length })
  // What a person keeps in it is nobody's import.
  await place.database.query(`INSERT INTO ${TABLE} (token, item_id) VALUES ('mine', 'mine')`)
  const before = await rows()
  const unchanged = await sync()
  expect(unchanged.writes).toMatchObject({ [`${TABLE} unchanged`]: tokensOf(world).length })
  expect(await rows()).toEqual(before)
  const [item, gone] = world.items.map(({ id }) => id)
  world.nowMs = Date.now() - 60_000
  world.putItem(String(item), 'A name that is new')
  world.deleteItem(String(gone))
  const second = await sync()
  const [counts] = await place.query(`SELECT COUNT(*) AS changed FROM ${TABLE} WHERE ${isOfRun('mr_run', second.id)}`)
  expect(second.writes).toMatchObject({
    [`${TABLE} updated`]: Number((counts as { changed: number }).changed),
    [`${TABLE} deleted`]: before.length - 1 - tokensOf(world).length,
  })
  expect((await rows()).map((row) => (row as { token: string }).token)).toEqual([...tokensOf(world), 'mine'].toSorted())
  expect(await beside(place)).toEqual([])
  await place.done((await place.rollback(second.id)).body as RunView)
  expect(await rows()).toEqual(before)
})

test('killed on its way it goes on: nobody ever sees a part of it', async () => {
  await using opened = await open(20)
  const { world, place, square, settings } = opened
  const order = async () => (await place.post('/admin/foundation-sync', { data_types: ['locations', 'catalog'] })).body
  const first = await place.done((await order()) as RunView)
  expect(first).toMatchObject({ state: 'done' })
  const all = tokensOf(world).length
  world.nowMs = Date.now() - 60_000
  const renamed = world.items.slice(0, 60).map(({ id }) => id)
  for (const id of renamed) world.putItem(id, `Renamed ${id}`)
  square.clip = 10
  // Answers that the walk of this table gets until the process is killed: it has a dozen pages, so it never comes to its end.
  let left = 3
  square.meddle = (right, { body }) => (isOfExport(body) && left-- <= 0 ? { breaks: 'silent' } : right())
  const looking = new AbortController()
  const seen = heldUntil(place, looking.signal)
  // When the test fails nobody waits for it.
  seen.catch(() => undefined)
  const run = (await order()) as RunView
  for (let kill = 0; kill < 3; kill++) {
    await until(async () => (left < 0 && (await beside(place)).length > 0 ? true : null), {
      what: 'the rebuild has begun, and Square is asked for more',
    })
    left = kill < 2 ? 3 : Number.POSITIVE_INFINITY
    await place.killed(settings)
  }
  const ended = await place.done(run)
  looking.abort()
  expect(ended).toMatchObject({ state: 'done', tally: { rejected: 0 } })
  expect(ended.integrity?.filter(({ ok }) => !ok)).toEqual([])
  expect([...(await seen)]).toEqual([all])
  expect(await beside(place)).toEqual([])
  const ofRenamed = ({ item_variation_data: of }: Record<string, unknown>) =>
    renamed.includes(String((of as { item_id?: string } | undefined)?.item_id))
  const wanted = [...world.catalog.values()].filter(ofRenamed).length
  expect(await place.query(`SELECT COUNT(*) AS held FROM ${TABLE} WHERE item_name LIKE 'Renamed%'`)).toEqual([
    { held: wanted },
  ])
})
