// How everything flows, asked of a process that runs none of it: what the log knows of the others.

import { expect, test } from 'vitest'
import type { FlowView } from '../../src/control/flow-view.ts'
import { ImportPlace } from '../support/import-place.ts'
import type { Millrace } from '../support/millrace.ts'
import { SyncPlace } from '../support/sync-place.ts'
import { until } from '../support/until.ts'

const flow = async ({ url }: Millrace) => (await (await fetch(`${url}/api/flow`)).json()) as FlowView

test('a process that only answers tells what runs elsewhere: since when, how far behind, and how fast', async () => {
  await using place = await SyncPlace.open()
  const venue = await place.site.venue('Opus')
  await place.millrace(['--role', 'capture'])
  const control = await place.millrace(['--role', 'control'])
  await place.visits(venue, 5)
  const behind = await until(
    async () => {
      const view = await flow(control)
      return (view.flows[0]?.lag_records ?? 0) >= 15 ? view : null
    },
    { what: 'fifteen records wait' },
  )
  expect(behind.sources).toMatchObject([{ kind: 'mysql', state: 'elsewhere', lag_seconds: null, error: null }])
  expect(Date.parse(behind.sources[0]?.seen_at ?? '')).toBeGreaterThan(Date.now() - 600_000)
  expect(behind.flows).toMatchObject([{ state: 'elsewhere', writes: null, latency_ms: null }])
  expect(behind.flows[0]?.lag_seconds).toBeGreaterThanOrEqual(0)
  await place.millrace(['--role', 'deliver'])
  const moving = await until(
    async () => {
      const view = await flow(control)
      return (view.flows[0]?.records_per_second ?? 0) > 0 ? view : null
    },
    { what: 'somebody delivers', everyMs: 500 },
  )
  expect(moving.log.bytes_per_second).toBe(null)
  const appending = await until(
    async () => {
      await place.visits(venue, 2)
      const view = await flow(control)
      return (view.log.records_per_second ?? 0) > 0 ? view : null
    },
    { what: 'something is appended', everyMs: 500 },
  )
  expect(appending.sources[0]?.rows_per_second).toBe(appending.log.records_per_second)
})

test('those that share a delivery each tell the speed of all of it', async () => {
  await using place = await SyncPlace.open()
  const venue = await place.site.venue('Opus')
  await place.millrace(['--role', 'capture'])
  const sharing = [await place.millrace(['--role', 'deliver']), await place.millrace(['--role', 'deliver'])]
  const speeds = await until(
    async () => {
      await place.visits(venue, 2)
      const views = await Promise.all(sharing.map(flow))
      const rates = views.map(({ flows }) => flows[0]?.records_per_second ?? 0)
      return rates.every((rate) => rate > 1) ? rates : null
    },
    { what: 'both tell how fast', everyMs: 500 },
  )
  const [one = 0, other = 0] = speeds
  // Of the four topics each has two; what only one of them delivers, both tell.
  expect(Math.max(one, other) / Math.min(one, other)).toBeLessThan(5)
})

test('of two that could carry imports out one does, and the other stands by', async () => {
  await using place = await ImportPlace.open()
  const second = await place.millrace()
  const { sources, flows } = await until(
    async () => {
      const view = await flow(second)
      return view.sources[0]?.state === 'starting' ? null : view
    },
    { what: 'the second has joined' },
  )
  expect(sources).toMatchObject([{ name: 'import', kind: 'import', state: 'standby', error: null }])
  expect(flows).toMatchObject([{ connector: 'content', from: 'import', to: 'mysql' }])
})

test('a part that has stopped is a trouble, with what mends it', async () => {
  await using place = await SyncPlace.open()
  const venue = await place.site.venue('Opus')
  const first = await place.millrace(['--role', 'capture'])
  await place.millrace(['--role', 'capture'])
  // Whoever was fenced learns it when it has something to append.
  await place.visits(venue, 1)
  const { sources, troubles, ready, why } = await until(
    async () => {
      const view = await flow(first)
      return view.sources[0]?.state === 'stopped' ? view : null
    },
    { what: 'the second has fenced the first' },
  )
  expect(sources).toMatchObject([{ state: 'stopped', error: { code: 'LOG_FENCED' } }])
  expect([ready, why]).toEqual([false, [expect.stringContaining('LOG_FENCED')]])
  expect(troubles).toMatchObject([
    { severity: 'critical', what: expect.stringMatching(/^the capture of mysql\.\w+ has stopped$/u), link: '#/flow' },
  ])
  expect(troubles[0]?.mend).toContain('stop one of the two')
})
