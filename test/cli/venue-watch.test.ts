import { describe, expect, test } from 'vitest'
import feedback from '../../connectors/feedback.ts'
import { venueWatch } from '../../src/cli/venue-watch.ts'
import type { Verified } from '../../src/core/verified.ts'
import { createMetrics, type Metrics } from '../../src/observe/metrics.ts'
import { isSynced } from '../../src/pipeline/venues.ts'
import type { PageRequest } from '../../src/source/source.ts'
import { changeEvent, tableShape } from '../support/change-event.ts'
import { Looking } from '../support/looking.ts'

const HOUR_MS = 3_600_000
const NOW_MS = 1_000 * 24 * HOUR_MS
const SHAPE = tableShape('client', { idclient: 'int', name: 'text' }, ['idclient'])

interface Given {
  readonly venues: number
  /** By venue, how many hours ago. */
  readonly syncedHours?: (venue: number) => number | null
  readonly verified?: readonly Verified[]
  readonly metrics?: Metrics
  readonly name?: string
}

/** As the source has them, 500 a page. */
function source(count: number) {
  return {
    fails: false,
    async page({ after, rowsMax }: PageRequest) {
      if (this.fails) throw new Error('MySQL is away')
      const from = Number(after ?? 0)
      const ids = Array.from({ length: Math.min(rowsMax, count - from) }, (_, index) => from + index + 1)
      const events = ids.map((idclient) =>
        changeEvent({ shape: SHAPE, op: 'read', after: { idclient, name: `V${idclient}` } }),
      )
      return { events, next: from + ids.length < count ? String(from + ids.length) : null, tookMs: 1 }
    },
  }
}

async function watched({ venues, syncedHours = () => null, verified = [], ...more }: Given) {
  const { metrics = createMetrics(), name: connectorName = 'feedback' } = more
  if (!isSynced(feedback)) throw new Error('feedback has no venues')
  const connector = { ...feedback, name: connectorName }
  const looking = new Looking(NOW_MS)
  const stats = { newPeople: 0, newItems: 0, duplicates: 0, errors: 0 }
  const book = {
    refresh: async () => undefined,
    verified: () => verified,
    venueSync: (connector: string, venue: string) => {
      const hours = syncedHours(Number(venue))
      return hours === null ? null : { connector, venue, run: 'r', syncedAtMs: NOW_MS - hours * HOUR_MS, stats }
    },
  }
  const from = source(venues)
  await looking.start(venueWatch({ connector, source: from, book, metrics, clock: looking.clock }))
  const samples = async (name: 'venues' | 'venueStalest') =>
    (await metrics[name].get()).values.map(({ labels, value }) => ({
      labels: labels as Record<string, unknown>,
      value,
    }))
  const counts = async (mark: string) => {
    const all = (await samples('venues')).filter(({ labels }) => labels.mark === mark)
    return Object.fromEntries(all.map(({ labels, value }) => [String(labels.age), value]))
  }
  return { looking, metrics, samples, counts, from }
}

describe('the freshness of venues', () => {
  test('counts venues by the age of their mark', async () => {
    const hours = [0.5, 2, 30, 24 * 10, 24 * 90, null]
    const { counts } = await watched({ venues: 6, syncedHours: (venue) => hours[venue - 1] ?? null })
    expect(await counts('synced')).toEqual({ hour: 1, day: 1, week: 1, month: 1, older: 1, never: 1 })
    expect(await counts('verified')).toEqual({ hour: 0, day: 0, week: 0, month: 0, older: 0, never: 6 })
  })

  test('takes the newer of what was verified for one venue and for all but some', async () => {
    const mark = { connector: 'feedback', run: 'r', except: [] }
    const verified = [
      { ...mark, venue: null, except: ['2', '3'], throughMs: NOW_MS - 2 * HOUR_MS },
      { ...mark, venue: '2', throughMs: NOW_MS - HOUR_MS / 2 },
      { ...mark, venue: '4', throughMs: NOW_MS - 50 * HOUR_MS },
    ]
    const { counts } = await watched({ venues: 4, verified })
    expect(await counts('verified')).toEqual({ hour: 1, day: 2, week: 0, month: 0, older: 0, never: 1 })
  })

  test('5,000 venues make as many series as ten', async () => {
    const few = await watched({ venues: 10, syncedHours: (venue) => venue })
    const many = await watched({ venues: 5_000, syncedHours: (venue) => venue })
    const series = async ({ metrics }: typeof few) => (await metrics.registry.metrics()).split('\n').length
    expect(await series(many)).toBe(await series(few))
    expect(Object.values(await many.counts('synced')).reduce((one, other) => one + other)).toBe(5_000)
    const stalest = (await many.samples('venueStalest')).map(({ labels, value }) => [labels.venue, value / 3_600])
    expect(stalest).toEqual([5_000, 4_999, 4_998, 4_997, 4_996].map((venue) => [String(venue), venue]))
  })

  test('those that have caught up are named no longer, and what nobody can tell is not shown', async () => {
    let late = 1
    const { looking, samples, from } = await watched({ venues: 20, syncedHours: (venue) => (venue === late ? 100 : 1) })
    const first = async () => (await samples('venueStalest')).toSorted((one, other) => other.value - one.value)[0]
    expect((await first())?.labels.venue).toBe('1')
    late = 7
    await looking.again()
    expect((await first())?.labels.venue).toBe('7')
    expect(await samples('venueStalest')).toHaveLength(5)
    from.fails = true
    await looking.again()
    expect([...(await samples('venues')), ...(await samples('venueStalest'))]).toEqual([])
  })

  test('connectors say nothing of each other’s venues', async () => {
    const metrics = createMetrics()
    const one = await watched({ venues: 3, syncedHours: () => 1, metrics, name: 'one' })
    const other = await watched({ venues: 7, syncedHours: () => 1, metrics, name: 'other' })
    await one.looking.again()
    one.from.fails = true
    await one.looking.again()
    const of = async (name: 'venues' | 'venueStalest') =>
      new Set((await other.samples(name)).map(({ labels }) => labels.connector))
    expect([await of('venues'), await of('venueStalest')]).toEqual([new Set(['other']), new Set(['other'])])
    expect(await other.samples('venueStalest')).toHaveLength(5)
  })
})
