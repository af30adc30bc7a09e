import { expect, test } from 'vitest'
import { formatLane, laneHash, parseLane } from '../../src/pipeline/lane-hash.ts'
import { NO_ROW } from '../../src/pipeline/pair-table.ts'
import { type LetterPlace, WaitingLetters } from '../../src/pipeline/waiting-letters.ts'
import { Random } from '../support/random.ts'

interface Known extends LetterPlace {
  readonly key: string
  readonly diedAtMs: number
}

const hashOf = (key: string) => laneHash(Buffer.from(key))
const SCOPES = ['old:0', 'old:1', 'new:0', 'new:1']

/** What it must know, kept the long way. */
class Model {
  readonly letters = new Map<string, Known>()
  readonly #firstMs = new Map<string, number>()

  add(known: Known): void {
    this.letters.set(`${known.scope}:${known.offset}`, known)
    const firstMs = this.#firstMs.get(known.scope) ?? Number.POSITIVE_INFINITY
    this.#firstMs.set(known.scope, Math.min(firstMs, known.diedAtMs))
  }

  of(key: string): readonly LetterPlace[] {
    const all = [...this.letters.values()].filter((known) => known.key === key)
    const firstMs = ({ scope }: LetterPlace) => this.#firstMs.get(scope)!
    const inOrder = all.toSorted((one, other) => firstMs(one) - firstMs(other) || one.offset - other.offset)
    return inOrder.map(({ scope, offset }) => ({ scope, offset }))
  }
}

test('whatever comes and goes in whatever order, the letters of a row and the oldest of them are known', () => {
  const random = new Random()
  const letters = new WaitingLetters()
  const model = new Model()
  const keys = Array.from({ length: 60 }, (_, index) => `key ${index}`)
  // A hot row, a few with some letters, and many with one.
  const keyFor = () => keys[Math.floor(60 * random.next() ** 3)]!
  // The scopes' first letters died at times of their own, which are heard of in no order.
  const diedAtMs = (scope: string, offset: number) => 1_000 * ((7 * SCOPES.indexOf(scope)) % 4) + offset
  const places = new Map<string, string>()
  for (let step = 0; step < 6_000; step++) {
    const place = { scope: random.pick(SCOPES), offset: random.below(500) }
    const id = `${place.scope}:${place.offset}`
    if (random.chance(step < 3_000 ? 0.7 : 0.4)) {
      const key = places.get(id) ?? keyFor()
      places.set(id, key)
      const ms = diedAtMs(place.scope, place.offset)
      letters.add(hashOf(key), place, ms)
      model.add({ ...place, key, diedAtMs: ms })
    } else {
      const letter = letters.find(place)
      expect(letter !== NO_ROW).toBe(model.letters.has(id))
      if (letter !== NO_ROW) letters.drop(letter)
      model.letters.delete(id)
    }
    if (step % 10 > 0) continue
    const key = keyFor()
    const lane = letters.lane(hashOf(key))
    const known = model.of(key)
    expect([lane === NO_ROW, letters.size]).toEqual([known.length === 0, model.letters.size])
    if (lane === NO_ROW) continue
    const found = [...letters.ofLane(lane)].toSorted((one, other) => (letters.isOlder(one, other) ? -1 : 1))
    expect(found.map((letter) => letters.placeOf(letter))).toEqual(known)
    expect(letters.placeOf(letters.oldestOf(lane))).toEqual(known[0])
    expect(letters.hashOf(lane)).toEqual(parseLane(formatLane(hashOf(key))))
  }
  for (const letter of letters.letters()) letters.drop(letter)
  expect([letters.size, [...letters.letters()], [...letters.lanes()]]).toEqual([0, [], []])
})

test('offsets beyond 2^32 are told apart', () => {
  const letters = new WaitingLetters()
  const offsets = [7, 7 + 2 ** 32, 7 + 2 ** 40, 2 ** 53 - 1]
  for (const offset of offsets) letters.add(hashOf('one'), { scope: 's:0', offset }, 0)
  expect(letters.size).toBe(4)
  for (const offset of offsets) {
    const letter = letters.find({ scope: 's:0', offset })
    expect(letters.placeOf(letter)).toEqual({ scope: 's:0', offset })
    letters.drop(letter)
  }
  expect(letters.size).toBe(0)
})

test('the incarnation in which a letter died first goes first, whenever that is heard of', () => {
  const letters = new WaitingLetters()
  const lane = () => letters.lane(hashOf('one'))
  letters.add(hashOf('one'), { scope: 'new:0', offset: 1 }, 5)
  letters.add(hashOf('one'), { scope: 'old:0', offset: 9 }, 7)
  expect(letters.placeOf(letters.oldestOf(lane()))).toEqual({ scope: 'new:0', offset: 1 })
  letters.add(hashOf('other'), { scope: 'old:0', offset: 2 }, 3)
  expect(letters.placeOf(letters.oldestOf(lane()))).toEqual({ scope: 'old:0', offset: 9 })
})
