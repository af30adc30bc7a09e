import { expect, test } from 'vitest'
import { CountedOffsets } from '../../src/sink/counted-offsets.ts'
import { Random } from '../support/random.ts'

const none = () => false

test('an account is written as it is read, whatever was counted', () => {
  const random = new Random()
  for (let round = 0; round < 200; round++) {
    let account = CountedOffsets.read(undefined)
    const counted = new Set<number>()
    let since = random.below(3) * 10 ** random.below(15)
    for (let batch = 0; batch < 6; batch++) {
      const offsets = Array.from({ length: random.below(9) }, () => since + random.below(20))
      account = CountedOffsets.read(String(account.with(offsets, since, none)))
      for (const offset of offsets) counted.add(offset)
      for (let offset = since; offset < since + 20; offset++) expect(account.has(offset)).toBe(counted.has(offset))
      if (since > 0) expect(account.has(since - 1)).toBe(true)
      since += random.below(15)
    }
  }
})

test('it never goes back', () => {
  const account = CountedOffsets.read('100:3,7-9').with([4, 101], 0, none)
  expect(String(account)).toBe('100:1,3,7-9')
})

test('of what waits it names what was counted, for as long as it waits', () => {
  const waits = (offset: number) => offset === 3 || offset === 9
  const passed = CountedOffsets.read('0:3-5').with([12], 12, waits)
  expect(String(passed)).toBe('12:0:3')
  const account = CountedOffsets.read(String(passed))
  expect([3, 5, 9].map((offset) => [account.has(offset), account.names(offset)])).toEqual([
    [true, true],
    [true, false],
    [true, false],
  ])
  const retried = account.with([9], 0, waits)
  expect(String(retried)).toBe('12:0:3,9')
  expect(String(CountedOffsets.read(String(retried)).with([], 13, none))).toBe('13:')
})

test.each(['', 'ten', '5', ':1', '5:1,', '5:-2', '5:1-', '5:1 2', '7 5:1', '5:1:', '5:1:2-3', '5::1,'])(
  '%j is no account',
  (text) => {
    expect(() => CountedOffsets.read(text)).toThrow('its account of what was counted cannot be read')
  },
)
