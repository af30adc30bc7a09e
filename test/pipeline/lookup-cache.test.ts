import { describe, expect, test } from 'vitest'
import { LookupCache } from '../../src/pipeline/lookup-cache.ts'

describe('the lookup cache', () => {
  test('answers only events that are not newer than what was read', () => {
    const cache = new LookupCache(10_000)
    const cached = { rows: [{ id: 1 }], asOf: '5' }
    cache.put('k', cached)
    expect(['4', '5', '6'].map((position) => cache.get('k', position))).toEqual([cached, cached, null])
  })

  test('never takes an older reading for a newer one', () => {
    const cache = new LookupCache(10_000)
    cache.put('k', { rows: [{ id: 2 }], asOf: '6' })
    cache.put('k', { rows: [{ id: 1 }], asOf: '5' })
    expect(cache.get('k', '1')?.rows).toEqual([{ id: 2 }])
  })

  test('forgets what was not used for longest, and stays within its bytes', () => {
    const cache = new LookupCache(10_000)
    const put = (key: string) => cache.put(key, { rows: [{ text: 'x'.repeat(1_000) }], asOf: '1' })
    for (const key of ['a', 'b', 'c', 'd']) put(key)
    cache.get('a', '1')
    put('e')
    expect(['a', 'b', 'c', 'd', 'e'].filter((key) => cache.get(key, '1') !== null)).toEqual(['a', 'c', 'd', 'e'])
  })

  test('does not keep what is larger than itself', () => {
    const cache = new LookupCache(1_000)
    cache.put('k', { rows: [{ text: 'x'.repeat(1_000) }], asOf: '1' })
    expect(cache.get('k', '1')).toBeNull()
  })
})
