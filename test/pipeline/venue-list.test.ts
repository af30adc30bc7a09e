// The source is asked for its venues now and then, however many want them.

import { expect, test } from 'vitest'
import feedback from '../../connectors/feedback.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import { VenueList } from '../../src/pipeline/venue-list.ts'
import type { SyncedConnector } from '../../src/pipeline/venues.ts'
import type { RowPage, RowSource } from '../../src/source/source.ts'
import { changeEvent, tableShape } from '../support/change-event.ts'

const shape = tableShape('client', { idclient: 'int', name: 'text' }, ['idclient'])

function open(names: readonly string[]) {
  const at = { asked: 0, nowMs: 0, fails: false, takesMs: 0 }
  const source: Pick<RowSource, 'page'> = {
    page: async (): Promise<RowPage> => {
      at.asked++
      at.nowMs += at.takesMs
      if (at.fails) throw new Error('MySQL is away')
      const events = names.map((name, index) => {
        return changeEvent({ shape, op: 'insert', after: { idclient: index + 1, name }, at: 1 })
      })
      return { events, next: null } as unknown as RowPage
    },
  }
  const clock = { ...systemClock, nowMs: () => at.nowMs }
  const connector = feedback as SyncedConnector
  return { at, list: new VenueList({ source, connector, clock, signal: new AbortController().signal }) }
}

test('twenty who ask at once, and again within ten seconds, cost one question', async () => {
  const { at, list } = open(['Opus'])
  await Promise.all(Array.from({ length: 20 }, () => list.all()))
  at.nowMs = 9_999
  await list.all()
  expect(at.asked).toBe(1)
  at.nowMs = 10_000
  await list.all()
  expect(at.asked).toBe(2)
})

test.each([
  { takesMs: 60, freshMs: 30_000 },
  { takesMs: 2_000, freshMs: 60_000 },
])('what takes $takesMs ms to read is good for $freshMs ms', async ({ takesMs, freshMs }) => {
  const { at, list } = open(['Opus'])
  at.takesMs = takesMs
  await list.all()
  at.nowMs = freshMs - 1
  await list.all()
  expect(at.asked).toBe(1)
  at.nowMs = freshMs
  await list.all()
  expect(at.asked).toBe(2)
})

test('what failed is not kept', async () => {
  const { at, list } = open(['Opus'])
  at.fails = true
  await expect(list.all()).rejects.toThrow('away')
  at.fails = false
  expect(await list.all()).toMatchObject([{ name: 'Opus' }])
})

test('they come by name, as people sort them', async () => {
  const { list } = open(['Venue 10', 'venue 9', 'Émile', 'Zoo', 'Eva'])
  expect((await list.all()).map(({ name }) => name)).toEqual(['Émile', 'Eva', 'venue 9', 'Venue 10', 'Zoo'])
})
