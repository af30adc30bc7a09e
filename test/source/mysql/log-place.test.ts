import { describe, expect, test } from 'vitest'
import { BinlogEvent } from '../../../src/source/mysql/binlog-event.ts'
import { endPosition, LogPlace, rowPosition } from '../../../src/source/mysql/log-place.ts'

const GIB = 2 ** 30

describe('a place in the binary log', () => {
  test('goes on past 4 GiB, though headers hold 32 bits', () => {
    const place = new LogPlace('binlog.000007', 4)
    let offset = 4
    while (offset < 13 * GIB) {
      expect(place.pass(event({ size: GIB, end: (offset + GIB) % 2 ** 32 }))).toBe(offset)
      offset += GIB
    }
    expect(place.offset).toBe(offset)
  })

  test('is counted where the server leaves it out inside a transaction', () => {
    const place = new LogPlace('binlog.000007', 4)
    place.pass(event({ size: 42, end: 400 }))
    expect(place.pass(event({ size: 60, end: 0 }))).toBe(400)
    expect(place.pass(event({ size: 50, end: 0 }))).toBe(460)
    expect(place.pass(event({ size: 31, end: 600 }))).toBe(569)
  })

  test('skips forward to where the server stands, and never back', () => {
    const place = new LogPlace('binlog.000007', 4)
    expect(place.skipTo(5000)).toBe(true)
    expect(place.skipTo(4000)).toBe(false)
    expect(place.offset).toBe(5000)
  })

  test('begins anew in the next file', () => {
    const place = new LogPlace('binlog.000007', 4)
    place.pass(event({ size: 42, end: 400 }))
    place.enter('binlog.000007')
    expect(place.offset).toBe(400)
    place.enter('binlog.000008')
    expect(place).toMatchObject({ file: 'binlog.000008', offset: 4, number: 8 })
  })

  test('positions sort by epoch, file, offset and row; an end lies between what is before and what begins there', () => {
    const at = (file: string, offset: number, row: number) => rowPosition(1, { file, offset, row })
    const sorted = [
      at('binlog.000009', 9 * GIB, 0),
      at('binlog.000010', 4, 0),
      at('binlog.000010', 4, 1),
      at('binlog.000010', 200, 99_999),
      endPosition(1, { file: 'binlog.000010', offset: 300 }),
      at('binlog.000010', 300, 0),
      at('binlog.1000000', 4, 0),
      rowPosition(2, { file: 'binlog.000001', offset: 4, row: 0 }),
    ]
    expect([...sorted].sort()).toEqual(sorted)
  })
})

function event({ size, end }: { size: number; end: number }): BinlogEvent {
  const header = Buffer.alloc(19)
  header.writeUInt32LE(size, 9)
  header.writeUInt32LE(end, 13)
  const event = new BinlogEvent()
  event.move(header, 0, header.length)
  return event
}
