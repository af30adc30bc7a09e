import { expect, test } from 'vitest'
import type { Visit } from '../../../src/cli/demo/legacy-site.ts'
import { Speed } from '../../../src/cli/demo/speed.ts'
import { Tally } from '../../../src/cli/demo/tally.ts'

const comment = { text: 'Fine.', rating: 3, device: 'iPhone', place: 'table 1' }
const visit = (idcomment: number, committedMs: number): Visit => ({ idcomment, venue: 'Here', comment, committedMs })

test('a comment has arrived when the target has acknowledged it', () => {
  const tally = new Tally()
  expect(tally.wrote(visit(1, 100))).toBeNull()
  expect([tally.written, tally.arrived]).toEqual([1, 0])
  expect(tally.heard({ idcomment: 1, did: 'applied' }, 107)).toMatchObject({ latencyMs: 7 })
  expect([tally.written, tally.arrived]).toEqual([1, 1])
  expect(tally.recent).toMatchObject([{ visit: { idcomment: 1 }, latencyMs: 7 }])
})

test('one that arrives before its own commit is reported back took no time', () => {
  const tally = new Tally()
  expect(tally.heard({ idcomment: 1, did: 'applied' }, 99)).toBeNull()
  expect(tally.wrote(visit(1, 100))).toMatchObject({ latencyMs: 0 })
  expect(tally.arrived).toBe(1)
})

test('a repeat counts once, and a rejection not at all', () => {
  const tally = new Tally()
  tally.wrote(visit(1, 0))
  tally.heard({ idcomment: 1, did: 'rejected' }, 1)
  expect(tally.arrived).toBe(0)
  tally.heard({ idcomment: 1, did: 'applied' }, 2)
  tally.heard({ idcomment: 1, did: 'applied' }, 3)
  expect(tally.arrived).toBe(1)
})

test('quantiles are of what has arrived', () => {
  const tally = new Tally()
  expect(tally.latency).toBeNull()
  for (let id = 1; id <= 100; id++) {
    tally.wrote(visit(id, 0))
    tally.heard({ idcomment: id, did: 'applied' }, id)
  }
  expect(tally.latency).toEqual({ p50Ms: 51, p99Ms: 100, worstMs: 100 })
})

test('a speed is the growth of a count over each second or more', () => {
  const speed = new Speed(0)
  speed.see(5, 500)
  expect(speed.rates).toEqual([])
  speed.see(10, 1000)
  speed.see(40, 3000)
  expect(speed.rates).toEqual([10, 15])
})
