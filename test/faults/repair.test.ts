// The repair of a gap, broken off amid its deletes: each of them is brought and counted once, whatever happens to it.

import { afterEach, beforeEach, expect, test } from 'vitest'
import type { GapView } from '../../src/control/gap-view.ts'
import type { RunView } from '../../src/control/run-view.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import type { Millrace } from '../support/millrace.ts'
import { Runs } from '../support/runs.ts'
import { until } from '../support/until.ts'

const VENUES = 100

let place: FeedbackPlace
let millrace: Millrace
beforeEach(async () => {
  place = await FeedbackPlace.open()
  millrace = await place.millrace()
})
afterEach(() => place[Symbol.asyncDispose]())

async function flagged(): Promise<number> {
  return (await place.table.items()).filter((item) => 'mr_deleted_at' in item).length
}

async function stateOfGap(runs: Runs): Promise<string | undefined> {
  const [gap] = (await runs.ask('GET', '/api/gaps')).body as readonly GapView[]
  return gap?.connectors[0]?.state
}

/** A repair of a table that was emptied, which has brought some of its deletes and not all. */
async function amidDeletes(): Promise<{ runs: Runs; run: RunView }> {
  const values = Array.from({ length: VENUES }, (_, index) => `(${index + 1}, 'venue')`)
  await place.site.connection.query(`INSERT INTO client (idclient, name) VALUES ${values.join()}`)
  await until(async () => ((await place.table.items()).length === VENUES ? true : null), { what: 'all venues' })
  await place.site.connection.query('TRUNCATE TABLE client')
  const runs = new Runs(millrace)
  await until(async () => ((await stateOfGap(runs)) === 'open' ? true : null), { what: 'a gap' })
  const ordered = await runs.ask('POST', '/api/gaps/repair', { limits: { rows_per_second: 40 } })
  const run = ordered.body as RunView
  await until(async () => ((await flagged()) > 0 ? true : null), { what: 'the first deletes', everyMs: 5 })
  return { runs, run }
}

async function expectRepaired(runs: Runs, run: RunView): Promise<void> {
  await runs.set(run.id, { limits: { rows_per_second: null } })
  expect(await runs.done(run)).toMatchObject({
    ...{ state: 'done', rows: VENUES, rows_done: VENUES, tally: { rejected: 0 }, error: null },
    writes: { 'remove applied': VENUES },
  })
  expect([await flagged(), await stateOfGap(runs)]).toEqual([VENUES, 'repaired'])
}

test('paused amid its deletes it stands still, and goes on where it was', async () => {
  const { runs, run } = await amidDeletes()
  for (let pause = 0; pause < 3; pause++) {
    await runs.set(run.id, { state: 'paused' })
    const paused = await runs.is(run.id, ['paused'])
    // What is in the log is delivered in any case, and nothing is added to it.
    await until(async () => ((await runs.get(run.id)).rows_done === paused.rows ? true : null), { what: 'all of it' })
    expect([await flagged(), paused.rows < VENUES, await stateOfGap(runs)]).toEqual([paused.rows, true, 'open'])
    await runs.set(run.id, { state: 'running' })
    await until(async () => ((await flagged()) > paused.rows ? true : null), { what: 'more deletes', everyMs: 5 })
  }
  await expectRepaired(runs, run)
})

test('killed amid its deletes, while it runs and while it is paused, it goes on where it was', async () => {
  const { run } = await amidDeletes()
  await millrace.kill()
  const second = await place.millrace()
  await new Runs(second).set(run.id, { state: 'paused' })
  const paused = await new Runs(second).is(run.id, ['paused'])
  expect(paused.rows).toBeLessThan(VENUES)
  await second.kill()
  const third = new Runs(await place.millrace())
  expect(await third.get(run.id)).toMatchObject({ state: 'paused', rows: paused.rows })
  await third.set(run.id, { state: 'running' })
  await expectRepaired(third, run)
})

test('cancelled amid its deletes it counts what it has brought, and the gap stays open for another', async () => {
  const { runs, run } = await amidDeletes()
  expect(await runs.ask('DELETE', `/api/runs/${run.id}`)).toMatchObject({ status: 200 })
  const cancelled = await runs.done(run)
  const brought = await flagged()
  expect(cancelled).toMatchObject({ state: 'cancelled', rows: brought, rows_done: brought })
  expect(cancelled.writes).toMatchObject({ 'remove applied': brought })
  expect([brought < VENUES, await stateOfGap(runs)]).toEqual([true, 'open'])
  const again = (await runs.ask('POST', '/api/gaps/repair', {})).body as RunView
  const rest = VENUES - brought
  expect(await runs.done(again)).toMatchObject({ state: 'done', rows: rest, rows_done: rest })
  expect([await flagged(), await stateOfGap(runs)]).toEqual([VENUES, 'repaired'])
})

test('paused and resumed again and again it keeps to its limit', async () => {
  const { runs, run } = await amidDeletes()
  await runs.set(run.id, { limits: { rows_per_second: 0.01 } })
  const rows: number[] = []
  for (let pause = 0; pause < 4; pause++) {
    await runs.set(run.id, { state: 'paused' })
    rows.push((await runs.is(run.id, ['paused'])).rows)
    await runs.set(run.id, { state: 'running' })
    await runs.is(run.id, ['running'])
  }
  expect(rows).toEqual(rows.map(() => rows[0]))
})
