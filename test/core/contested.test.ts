import { expect, test } from 'vitest'
import { type Contested, POLICIES, SIDES, type Side, settle } from '../../src/core/contested.ts'
import { Exact, type Fields } from '../../src/core/value.ts'
import { Random } from '../support/random.ts'

const NOW_MS = Date.parse('2025-11-28T12:00:00Z')

const group: Contested = {
  ...{ group: 'assessment', row: 'p1', policy: 'newest-wins', clock: 'assessed_at', before: null },
  fields: ['stage', 'score', 'assessed_at'],
}

interface Given {
  readonly before: Fields | null
  readonly mysql: Fields
  readonly dynamodb: Fields | null
  readonly from?: Side
}

/** As the sink of the other side settles it. */
function settled(contested: Partial<Contested>, { from = 'mysql', before, mysql, dynamodb }: Given) {
  const [incoming, held] = from === 'mysql' ? [mysql, dynamodb] : [dynamodb ?? {}, mysql]
  return settle({ ...group, ...contested, before }, { from, incoming, held, nowMs: NOW_MS })
}

function winnerOf(contested: Partial<Contested>, given: Given): Side | 'nobody' {
  const { from = 'mysql' } = given
  const { wins } = settled(contested, given)
  if (wins === 'nobody') return wins
  return (wins === 'incoming') === (from === 'mysql') ? 'mysql' : 'dynamodb'
}

const at = (time: Fields[string], stage = 'draft'): Fields => ({ stage, score: 1, assessed_at: time })
const before = at('2025-11-01 08:00:00', 'new')

test('whichever side settles a conflict, it comes to the same', () => {
  const random = new Random()
  const times = [
    ...[null, '', 'yesterday', '0000-00-00 00:00:00', '2025-02-30 10:00:00', Number.NaN, new Exact('1764000000.5')],
    ...['2025-11-20 10:00:00', '2025-11-20T10:00:00Z', '2025-11-20T12:00:00+02:00', '2025-11-20T10:00:00.001'],
    ...[1_764_000_000, 1_764_000_000_000n, '2025-11-28T12:04:00Z', '2025-11-28T12:06:00Z', '2031-01-01T00:00'],
  ]
  const version = () => ({
    stage: random.pick(['a', 'b', 'c']),
    score: random.below(3),
    assessed_at: random.pick(times),
  })
  const seen = new Set<string>()
  for (let round = 0; round < 5_000; round++) {
    const policy = random.pick(POLICIES)
    const given = { before: random.chance(0.1) ? null : before, mysql: version(), dynamodb: version() }
    const [one, other] = SIDES.map((from) => winnerOf({ policy }, { ...given, from }))
    const conflicts = SIDES.map((from) => settled({ policy }, { ...given, from }).conflict)
    expect(conflicts[0]).toBe(conflicts[1])
    if (conflicts[0] !== null) expect(one).toBe(other)
    if (conflicts[0] !== null) seen.add(`${policy} ${one}`)
  }
  const all = ['newest-wins mysql', 'newest-wins dynamodb', 'newest-wins nobody']
  expect(seen).toEqual(new Set([...all, 'mysql-wins mysql', 'dynamodb-wins dynamodb', 'review nobody']))
})

test('what only the source has changed is taken, whatever the policy and the clocks say', () => {
  for (const policy of POLICIES) {
    const given = { before, mysql: at('2001-01-01 00:00:00', 'mine'), dynamodb: before }
    expect(settled({ policy }, given)).toEqual({ wins: 'incoming', conflict: null })
  }
})

test('where there is no item, and where none of its fields was ever set, nobody is overwritten', () => {
  const mysql = at('2025-11-20 10:00:00')
  expect(settled({ policy: 'dynamodb-wins' }, { before, mysql, dynamodb: null })).toMatchObject({ wins: 'incoming' })
  expect(settled({ policy: 'review' }, { before: null, mysql, dynamodb: {} })).toEqual({
    wins: 'incoming',
    conflict: null,
  })
})

test('equal versions are no conflict, in whatever form their numbers are', () => {
  const mysql = { stage: 'a', score: new Exact('1.50'), assessed_at: 1_764_000_000 }
  const dynamodb = { stage: 'a', score: 1.5, assessed_at: 1_764_000_000n }
  expect(settled({ policy: 'review' }, { before, mysql, dynamodb })).toEqual({ wins: 'held', conflict: null })
  const moved = { ...mysql, score: new Exact('1.51') }
  expect(settled({ policy: 'review' }, { before: dynamodb, mysql: moved, dynamodb: mysql })).toMatchObject({
    ...{ wins: 'incoming', conflict: null },
  })
})

test('the newer clock wins, in whatever form and zone it is told', () => {
  const older = at('2025-11-20T11:59:59+02:00', 'older')
  const newer = at(new Exact('1763632800.000'), 'newer')
  expect(settled({}, { before, mysql: older, dynamodb: newer })).toEqual({
    ...{ wins: 'held', conflict: 'assessed_at is newer in dynamodb' },
  })
  expect(winnerOf({}, { before, mysql: newer, dynamodb: older })).toBe('mysql')
})

test('of two versions of the same moment the one of MySQL counts', () => {
  const given = { before, mysql: at('2025-11-20 10:00:00', 'm'), dynamodb: at('2025-11-20T10:00:00Z', 'd') }
  for (const from of SIDES) expect(winnerOf({}, { ...given, from })).toBe('mysql')
})

test.each([
  [null, 'assessed_at is missing in dynamodb'],
  ['soon', 'assessed_at is no time in dynamodb'],
  [Number.NaN, 'assessed_at is no time in dynamodb'],
  ['2025-02-30T10:00:00Z', 'assessed_at is no time in dynamodb'],
  ['2025-11-28T12:05:01Z', 'assessed_at lies in the future in dynamodb'],
])('with the clock %s nobody wins', (clock, conflict) => {
  const given = { before, mysql: at('2025-11-20 10:00:00', 'm'), dynamodb: at(clock, 'd') }
  expect(settled({}, given)).toEqual({ wins: 'nobody', conflict })
  expect(winnerOf({}, { ...given, from: 'dynamodb' })).toBe('nobody')
})

test('a clock that is a little ahead still counts', () => {
  const given = { before, mysql: at('2025-11-28 12:04:59', 'm'), dynamodb: at('2025-11-28T12:00:00Z', 'd') }
  expect(winnerOf({}, given)).toBe('mysql')
})

test('newest-wins without a clock leaves it to a person', () => {
  const { clock: _, ...rest } = group
  const versions = { from: 'mysql', incoming: at(2), held: at(3), nowMs: NOW_MS } as const
  expect(settle({ ...rest, before }, versions)).toEqual({ wins: 'nobody', conflict: 'no clock is declared' })
})
