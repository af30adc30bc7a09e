// When a venue needs a sync, and when it does not.

import { expect, test } from 'vitest'
import type { VenueSync } from '../../src/core/sync.ts'
import { type SyncFacts, venueNeed } from '../../src/pipeline/venue-need.ts'

const SYNCED_MS = 1_000
const STATS = { newPeople: 0, newItems: 3, duplicates: 0, errors: 0 }
const last: VenueSync = { connector: 'feedback', venue: '7', run: 'r1', syncedAtMs: SYNCED_MS, stats: STATS }
const venue = { id: '7', name: 'Bella Vista' }
const well: SyncFacts = { failedMs: new Map(), missingMs: null, differedMs: () => null, behind: null }

const need = (facts: Partial<SyncFacts> = {}, stats: Partial<typeof STATS> = {}) =>
  venueNeed({ venue, last: { ...last, stats: { ...STATS, ...stats } } }, { ...well, ...facts })

test('one that was synced needs none, however long ago: changes arrive by themselves', () => {
  expect(need()).toBe(null)
})

test('one that never was needs one', () => {
  expect(venueNeed({ venue, last: null }, well)).toBe('it was never synced')
})

test('one whose last sync failed needs one, its own or that of all, until another is done', () => {
  expect(need({ failedMs: new Map([['7', SYNCED_MS + 1]]) })).toBe('its last sync failed')
  expect(need({ failedMs: new Map([[null, SYNCED_MS + 1]]) })).toBe('its last sync failed')
  expect(need({ failedMs: new Map([['7', SYNCED_MS - 1]]) })).toBe(null)
  expect(need({ failedMs: new Map([['8', SYNCED_MS + 1]]) })).toBe(null)
})

test('one whose last sync left rows rejected needs one', () => {
  expect(need({}, { errors: 2 })).toBe('its last sync left 2 rows rejected')
})

test('a gap makes a sync needful, unless it was synced since', () => {
  expect(need({ missingMs: SYNCED_MS + 1 })).toBe('changes since its last sync were not captured')
  expect(need({ missingMs: SYNCED_MS - 1 })).toBe(null)
})

test('so do differences that a verification found, and changes that do not arrive', () => {
  const differedMs = (at: number) => (id: string) => (id === '7' ? at : null)
  expect(need({ differedMs: differedMs(SYNCED_MS + 1) })).toMatch(/verification/u)
  expect(need({ differedMs: differedMs(SYNCED_MS - 1) })).toBe(null)
  expect(need({ behind: 'changes are still on their way' })).toBe('changes are still on their way')
})
