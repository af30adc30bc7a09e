import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { frame, type Scene } from '../../../src/cli/demo/frame.ts'
import type { Followed } from '../../../src/cli/demo/tally.ts'

const comment = { text: 'Wonderful evening. The ramen was outstanding.', rating: 4, device: 'iPhone', place: 'table 1' }

function followed(idcomment: number, latencyMs: number | null): Followed {
  const visit = { idcomment, venue: 'Kissa Tanuki', comment, committedMs: 0 }
  return { visit, writtenAt: new Date(2025, 10, 28, 14, 30, idcomment), latencyMs }
}

const stage = (title: string, count: number) => ({ title, where: 'here', count, what: 'things', rates: [1, 2, 4] })
const scene: Scene = {
  elapsedMs: 83_000,
  stages: [stage('MySQL', 1234), stage('log', 5), stage('DynamoDB', 6)],
  latency: { p50Ms: 4.26, p99Ms: 12.4, worstMs: 20 },
  onTheirWay: 1,
  lagRecords: 2,
  dead: 0,
  recent: [followed(2, null), followed(1, 6.3)],
  address: 'http://127.0.0.1:8080',
}

const draw = (size: { columns: number; rows: number }, change: Partial<Scene> = {}) =>
  frame({ ...scene, ...change }, size).map((line) => stripVTControlCharacters(line))

test('it shows the three stages with their counts and rates, in the order of the flow', () => {
  const text = draw({ columns: 110, rows: 40 }).join('\n')
  expect(text).toMatch(/┌ MySQL ─+┐ {5}┌ log ─+┐ {5}┌ DynamoDB ─+┐/)
  expect(text).toMatch(/1,234 things.*──▶.*5 things.*──▶.*6 things/)
  expect(text).toMatch(/4\.0\/s ▂▄█/)
  expect(text).toContain('01:23')
})

test('it shows how long commits take to arrive, and what is still to come', () => {
  const text = draw({ columns: 110, rows: 40 }).join('\n')
  expect(text).toContain('p50 4.3 ms, p99 12 ms')
  expect(text).toContain('1 on their way, lag 2, 0 dead')
  expect(draw({ columns: 110, rows: 40 }, { latency: null }).join('\n')).toContain('waiting for the first one')
})

test('a comment stands in one line with when it arrived on the other side, or that it has not yet', () => {
  const lines = draw({ columns: 110, rows: 40 })
  expect(lines.find((line) => line.includes('14:30:01'))).toMatch(/★★★★☆ {2}Kissa Tanuki: Wonderful.* \+6\.3 ms$/)
  expect(lines.find((line) => line.includes('14:30:02'))).toMatch(/Kissa Tanuki.*…$/)
})

test.each([
  [80, 24],
  [110, 40],
  [200, 60],
])('it fits a terminal of %i columns and %i rows', (columns, rows) => {
  const recent = Array.from({ length: 80 }, (_, index) => followed(index, 1))
  const lines = draw({ columns, rows }, { recent })
  expect(lines.length).toBeLessThan(rows)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns)
})
