// The parts of the Kafka log that can be told right from wrong without a broker.

import kafkajs from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { committedRecords } from '../../src/log/kafka/committed.ts'
import { COMPRESSIONS } from '../../src/log/kafka/compression.ts'
import { crc32c } from '../../src/log/kafka/crc32c.ts'
import { type Place, placeKey } from '../../src/log/kafka/place.ts'
import { encodeBatch } from '../../src/log/kafka/record-batch.ts'
import { type Applicant, shareOut } from '../../src/log/kafka/shares.ts'
import type { LogRecord } from '../../src/log/log.ts'
import { placement } from '../../src/log/placement.ts'
import { Random } from '../support/random.ts'

const bytesOf = (random: Random, sizeMax: number): Buffer =>
  Buffer.from(Array.from({ length: random.below(sizeMax + 1) }, () => random.below(256)))

test('the checksum is CRC-32C', () => {
  expect(crc32c(Buffer.from('123456789'), 0)).toBe(0xe3069283)
  expect(crc32c(Buffer.from('..123456789'), 2)).toBe(0xe3069283)
  expect(crc32c(Buffer.alloc(32), 0)).toBe(0x8a9136aa)
  expect(crc32c(Buffer.alloc(0), 0)).toBe(0)
})

test('keys go to the partitions where other clients put them', () => {
  const random = new Random()
  const choose = kafkajs.Partitioners.DefaultPartitioner()
  for (let round = 0; round < 300; round++) {
    const key = bytesOf(random, 20)
    const partitions = 1 + random.below(50)
    const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({ partitionId, leader: 0 }))
    const theirs = choose({ topic: 't', partitionMetadata: partitionMetadata as never, message: { key, value: null } })
    expect(placement(key, partitions)).toBe(theirs)
  }
})

describe('a record batch', () => {
  const encode = (records: readonly LogRecord[], compression: (typeof COMPRESSIONS)[number]) =>
    encodeBatch(records, { producer: { id: 7n, epoch: 1 }, sequence: 0, compression, nowMs: 1_700_000_000_000 })

  test.each(COMPRESSIONS)('holds any records, compression %s', async (compression) => {
    const random = new Random()
    for (let round = 0; round < 20; round++) {
      const records = Array.from({ length: 1 + random.below(200) }, () => ({
        topic: 't',
        key: bytesOf(random, 100),
        value: random.chance(0.2) ? null : bytesOf(random, random.pick([0, 1, 63, 64, 8192, 9000])),
        ...(random.chance(0.5) ? { timeMs: 1_700_000_000_000 - random.below(8e7) } : {}),
      }))
      const bytes = await encode(records, compression)
      const from = random.below(records.length)
      const read = committedRecords({ topic: 't', partition: 3, bytes, aborted: [] }, from)
      expect(read.next).toBe(records.length)
      expect(read.records).toEqual(
        records.map((record, offset) => ({ timeMs: 1_700_000_000_000, ...record, offset, partition: 3 })).slice(from),
      )
    }
  })

  test('that was damaged is not read', async () => {
    const bytes = await encode([{ topic: 't', key: Buffer.from('k'), value: Buffer.from('value') }], 'none')
    bytes[bytes.length - 3]! ^= 1
    const read = () => committedRecords({ topic: 't', partition: 0, bytes, aborted: [] }, 0)
    expect(read).toThrow(expect.objectContaining({ code: 'RECORD_UNREADABLE' }))
  })

  test('cut off at the end of a fetch is left for the next', async () => {
    const bytes = await encode([{ topic: 't', key: Buffer.from('k'), value: Buffer.from('value') }], 'none')
    const cut = Buffer.concat([bytes, bytes.subarray(0, -1)])
    expect(committedRecords({ topic: 't', partition: 0, bytes: cut, aborted: [] }, 0).records).toHaveLength(1)
  })
})

describe('partitions shared out among members', () => {
  const placesOf = (topic: string, count: number): Place[] =>
    Array.from({ length: count }, (_, partition) => ({ topic, partition }))

  test('are held by one member each, evenly, and move no more than they must', () => {
    const random = new Random()
    for (let round = 0; round < 100; round++) {
      const places = [...placesOf('a', random.below(12)), ...placesOf('b', 1 + random.below(12))]
      let applicants: Applicant[] = []
      for (let step = 0; step < 6; step++) {
        const before = new Map(applicants.flatMap((one) => one.holds.map((place) => [placeKey(place), one.memberId])))
        const isLeaving = applicants.length > 1 && random.chance(0.4)
        applicants = isLeaving
          ? applicants.toSpliced(random.below(applicants.length), 1)
          : [...applicants, { memberId: `${round}.${step}`, topics: ['a', 'b'], holds: [] }]
        const shares = shareOut(applicants, places)
        const given = [...shares].flatMap(([memberId, share]) =>
          share.map((place) => [placeKey(place), memberId] as const),
        )
        expect(given.map(([key]) => key).toSorted()).toEqual(places.map(placeKey).toSorted())
        const sizes = [...shares.values()].map((share) => share.length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
        const floor = Math.floor(places.length / applicants.length)
        const isStaying = (memberId: string | undefined) => applicants.some((one) => one.memberId === memberId)
        const moved = given.filter(([key, memberId]) => before.get(key) !== memberId && isStaying(before.get(key)))
        expect(moved.length).toBeLessThanOrEqual(isLeaving ? 0 : floor + 1)
        applicants = applicants.map((one) => ({ ...one, holds: shares.get(one.memberId) ?? [] }))
      }
    }
  })

  test('go only to members that follow their topic', () => {
    const applicants = [
      { memberId: 'both', topics: ['a', 'b'], holds: [] },
      { memberId: 'old', topics: ['a'], holds: [] },
    ]
    const shares = shareOut(applicants, [...placesOf('a', 2), ...placesOf('b', 2)])
    expect(shares.get('old')!.every((place) => place.topic === 'a')).toBe(true)
    expect([...shares.values()].flat()).toHaveLength(4)
  })
})
