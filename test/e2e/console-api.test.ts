// What the console asks, of a real millrace: how everything flows, which venues need a sync, and who may ask.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConnectorView } from '../../src/control/connector-view.ts'
import type { FlowView } from '../../src/control/flow-view.ts'
import type { RunView } from '../../src/control/run-view.ts'
import type { VenuesView } from '../../src/control/venues-view.ts'
import type { Millrace } from '../support/millrace.ts'
import { SyncPlace } from '../support/sync-place.ts'
import { Syncs } from '../support/syncs.ts'
import { until } from '../support/until.ts'

let place: SyncPlace
let millrace: Millrace
let syncs: Syncs

beforeAll(async () => {
  place = await SyncPlace.open()
  for (const name of ['Opus Ocean Grille', 'Bella Vista', 'Café Ümlaut']) await place.site.venue(name)
  millrace = await place.millrace()
  syncs = new Syncs(millrace)
})
afterAll(() => place[Symbol.asyncDispose]())

const flow = async () => (await syncs.ask('GET', '/api/flow')).body as FlowView
/** What was seen a moment ago may be told once more. */
const troublesAre = (whats: readonly string[]) => {
  const ask = async () => (String((await flow()).troubles.map(({ what }) => what)) === String(whats) ? true : null)
  return until(ask, { what: `the troubles are ${whats}` })
}
const venues = async (query = '') => (await syncs.ask('GET', `/api/venues${query}`)).body as VenuesView

describe('the flow', () => {
  test('names source, log, sink, and what moves between them', async () => {
    const heard = async () => {
      const view = await flow()
      return view.sources[0]?.lag_seconds === null ? null : view
    }
    const view = await until(heard, { what: 'the source was heard of' })
    expect(view).toMatchObject({
      ready: true,
      why: [],
      sources: [{ kind: 'mysql', state: 'running', error: null }],
      log: { kind: 'file' },
      sinks: [{ name: 'dynamodb', kind: 'dynamodb' }],
      flows: [{ connector: 'feedback', to: 'dynamodb', state: 'running', dead_letters: 0, open_gaps: 0, error: null }],
      runs: { active: 0, queued: 0 },
      troubles: [],
    })
    expect(view.flows[0]?.from).toBe(view.sources[0]?.name)
    expect(Date.parse(view.started_at)).toBeLessThan(Date.parse(view.at))
    expect(view.sources[0]?.lag_seconds).toBeLessThan(60)
  })

  test('tells, of what moves, how much and how fast', async () => {
    const busy = async () => {
      await place.visits(1, 5)
      const view = await flow()
      const [moving] = view.flows
      return (moving?.records_per_second ?? 0) > 0 && moving?.latency_ms !== null ? view : null
    }
    const view = await until(busy, { what: 'something moves', withinMs: 60_000 })
    expect(view.sources[0]?.rows_per_second).toBeGreaterThan(0)
    expect(view.log.bytes_per_second).toBeGreaterThan(0)
    expect(view.flows[0]?.writes?.applied).toBeGreaterThan(0)
    expect(view.flows[0]?.latency_ms?.p99).toBeGreaterThanOrEqual(view.flows[0]?.latency_ms?.p50 ?? 0)
  })

  test('is followed by events, each a whole view', async () => {
    const ending = new AbortController()
    const answer = await fetch(`${millrace.url}/api/flow/events`, { signal: ending.signal })
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    const events: FlowView[] = []
    let text = ''
    for await (const chunk of answer.body ?? []) {
      text += Buffer.from(chunk).toString()
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        const data = /^event: flow\ndata: (.*)$/u.exec(text.slice(0, end))?.[1]
        if (data !== undefined) events.push(JSON.parse(data))
        text = text.slice(end + 2)
      }
      if (events.length === 3) break
    }
    ending.abort()
    expect(events.map(({ flows }) => flows[0]?.connector)).toEqual(['feedback', 'feedback', 'feedback'])
    const times = events.map(({ at }) => Date.parse(at))
    expect(times).toEqual([...new Set(times)].toSorted((one, other) => one - other))
  })
})

describe('the venues', () => {
  test('need a sync until they had one, and are found and paged', async () => {
    const before = await venues()
    expect(before).toMatchObject({ total: 3, matching: 3, counts: { synced: 0, needs_sync: 3, syncing: 0 } })
    expect(before.venues.map(({ restaurant_name }) => restaurant_name)).toEqual([
      'Bella Vista',
      'Café Ümlaut',
      'Opus Ocean Grille',
    ])
    expect(before.venues[0]).toMatchObject({ state: 'needs_sync', why: 'it was never synced', last_sync_at: null })
    await syncs.sync(1)
    const after = await venues('?sort=last_sync')
    expect(after.counts).toEqual({ synced: 1, needs_sync: 2, syncing: 0 })
    expect(after.venues.at(-1)).toMatchObject({ client_id: 1, state: 'synced', why: null })
    expect(await venues('?state=synced')).toMatchObject({ total: 3, matching: 1, venues: [{ client_id: 1 }] })
    expect(await venues('?search=cafe%20um')).toMatchObject({
      matching: 1,
      venues: [{ restaurant_name: 'Café Ümlaut' }],
    })
    expect(await venues('?limit=1&offset=1')).toMatchObject({
      matching: 3,
      venues: [{ restaurant_name: 'Café Ümlaut' }],
    })
    expect((await venues('?search=nowhere')).venues).toEqual([])
  })

  test('need one again when a verification finds differences, until they were synced or mended', async () => {
    const state = async (id: number) => (await venues()).venues.find(({ client_id }) => client_id === id)
    await syncs.sync('all')
    const [spoilt] = (await place.table.comments()).filter(({ pk }) => pk === 'RESTAURANT#1')
    await place.table.update(spoilt!, { comment_text: 'spoilt' })
    expect((await syncs.verify()).found).toMatchObject({ differing: 1 })
    expect(await state(1)).toMatchObject({ state: 'needs_sync', why: expect.stringContaining('verification') })
    expect(await state(2)).toMatchObject({ state: 'synced', why: null })
    await troublesAre(['a verification of feedback has found differences'])
    // What looked at another venue says nothing of this one.
    await syncs.verify({ venue: 2 })
    expect(await state(1)).toMatchObject({ state: 'needs_sync' })
    await syncs.verify({}, { repair: true })
    expect(await state(1)).toMatchObject({ state: 'synced', why: null })
    await troublesAre([])
  })

  test('say so while they are being synced', async () => {
    const job = await syncs.orderSlow('all', 0.01)
    expect((await venues()).counts).toEqual({ synced: 0, needs_sync: 0, syncing: 3 })
    expect((await venues('?state=syncing&limit=1')).venues).toMatchObject([{ sync_in_progress: true, why: null }])
    await syncs.ask('DELETE', `/api/runs/${job}`)
    await syncs.is(job, ['cancelled'])
    expect((await venues()).counts).toEqual({ synced: 3, needs_sync: 0, syncing: 0 })
  })
})

describe('the connectors', () => {
  test('say what a run of them may be about', async () => {
    const { body } = await syncs.ask('GET', '/api/connectors')
    const [feedback, ...others] = body as readonly ConnectorView[]
    expect(others).toEqual([])
    expect(feedback).toMatchObject({
      name: 'feedback',
      source: 'mysql',
      sink: 'dynamodb',
      syncs_venues: true,
      twin: null,
    })
    expect(feedback?.tables.map(({ name }) => name).toSorted()).toEqual(['client', 'comment', 'datasession', 'eclub'])
    expect(feedback?.targets).toMatchObject([{ name: place.table.name, key: ['pk', 'sk'] }])
    expect((await syncs.ask('GET', '/api/connectors/feedback')).body).toEqual(feedback)
    // What it says may be asked for may be.
    for (const { name, by_venue, by_change } of feedback?.tables ?? []) {
      const dry = (scope: object) => ({ connector: 'feedback', scope: { table: name, ...scope }, dry_run: true })
      const status = async (scope: object) => (await syncs.ask('POST', '/api/backfills', dry(scope))).status
      expect([name, await status({ venue: 1 })]).toEqual([name, by_venue ? 200 : 400])
      expect([name, await status({ changed_since: '2026-01-01' })]).toEqual([name, by_change ? 200 : 400])
    }
  })

  test('one that there is not is named', async () => {
    expect(await syncs.ask('GET', '/api/connectors/feedbak')).toMatchObject({
      status: 400,
      body: { error: { code: 'SCOPE_INVALID', message: expect.stringContaining('did you mean feedback') } },
    })
  })
})

describe('the runs', () => {
  const runs = async (query: string) => (await syncs.ask('GET', `/api/runs?${query}`)).body as readonly RunView[]

  test('are listed by kind, state and connector, and page by page', async () => {
    const all = await syncs.list()
    expect(all.length).toBeGreaterThan(5)
    const times = all.map(({ ordered_at }) => ordered_at)
    expect(times).toEqual(times.toSorted().toReversed())
    const ofKind = (kind: string) => all.filter((run) => run.kind === kind)
    expect(await runs('kind=verify')).toEqual(ofKind('verify'))
    expect(await runs('kind=sync&state=done')).toEqual(ofKind('sync').filter(({ state }) => state === 'done'))
    expect(await runs('connector=feedback')).toEqual(all)
    expect(await runs('connector=other')).toEqual([])
    const pages: RunView[] = []
    for (let page = await runs('limit=2'); page.length > 0; ) {
      pages.push(...page)
      page = await runs(`limit=2&before=${page.at(-1)?.ordered_at}`)
    }
    expect(pages).toEqual(all)
  })

  test.each(['kind=copy', 'state=lost', 'limit=0', 'before=yesterday', 'order=up'])('%s is refused', async (query) => {
    expect(await syncs.ask('GET', `/api/runs?${query}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'REQUEST_INVALID', message: expect.stringContaining(query.split('=')[0] ?? '') } },
    })
  })
})
