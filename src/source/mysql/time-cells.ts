// Dates and times out of the binary log into row images.

import type { ByteReader } from './byte-reader.ts'
import type { Cell } from './cell.ts'
import { type Fraction, writeDate, writeDatetime, writeTime, writeTimestamp } from './time-text.ts'

const WHOLE: Fraction = { value: 0, digits: 0 }
const MINUS = 0x2d
/** Datetimes and times are moved up so that they are positive. */
const DATETIME_ZERO = 2 ** 39
const TIME_ZERO = 2 ** 23

export const dateCell: Cell = (from, to) => {
  const packed = from.uint(3)
  const opened = to.openText(0)
  writeDate({ year: packed >> 9, month: (packed >> 5) & 15, day: packed & 31 }, to)
  to.closeText(opened)
}

export function datetimeCell(digits: number): Cell {
  return (from, to) => {
    const opened = to.openText(0)
    const packed = from.uintBE(5) - DATETIME_ZERO
    writeDatetime(packed, readFraction(from, digits), to)
    to.closeText(opened)
  }
}

export function timestampCell(digits: number): Cell {
  return (from, to) => {
    const opened = to.openText(0)
    const seconds = from.uintBE(4)
    writeTimestamp(seconds, readFraction(from, digits), to)
    to.closeText(opened)
  }
}

export function timeCell(digits: number): Cell {
  const fractionBytes = (digits + 1) >> 1
  const unit = 256 ** fractionBytes
  return (from, to) => {
    const opened = to.openText(0)
    // Whole and fraction are one number, so that the fraction of a negative time is negative as well.
    const packed = from.uintBE(3 + fractionBytes) - TIME_ZERO * unit
    if (packed < 0) to.byte(MINUS)
    const size = Math.abs(packed)
    writeTime(Math.floor(size / unit), { value: shorten(size % unit, digits), digits }, to)
    to.closeText(opened)
  }
}

function readFraction(from: ByteReader, digits: number): Fraction {
  return digits === 0 ? WHOLE : { value: shorten(from.uintBE((digits + 1) >> 1), digits), digits }
}

/** The server stores an even number of digits. */
function shorten(stored: number, digits: number): number {
  return digits % 2 === 0 ? stored : Math.floor(stored / 10)
}
