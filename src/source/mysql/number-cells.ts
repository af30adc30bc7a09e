// Numbers out of the binary log into row images: integers as varints, decimals and bits as their digits.

import type { ImageWriter } from '../image-writer.ts'
import { BinaryDecimal } from './binary-decimal.ts'
import type { Cell } from './cell.ts'

const TWO_TO_THE_32 = 4294967296
/** Of a 64 bit integer whose value is still a safe one. */
const SAFE_HIGH_MAX = 0x1fffff

/** Of one, two, three or four bytes. */
export function integerCell(bytes: 1 | 2 | 3 | 4, isUnsigned: boolean): Cell {
  if (isUnsigned) return (from, to) => to.long(from.uint(bytes))
  const sign = 2 ** (bytes * 8 - 1)
  return (from, to) => {
    const value = from.uint(bytes)
    to.long(value < sign ? value : value - 2 * sign)
  }
}

export function bigintCell(isUnsigned: boolean): Cell {
  return (from, to) => {
    const low = from.uint32()
    const high = from.uint32()
    if (isUnsigned) writeUnsigned(high, low, to)
    else to.wideLong(high | 0, low)
  }
}

export const floatCell: Cell = (from, to) => {
  to.raw(from.buffer, from.at, from.at + 4)
  from.at += 4
}

export const doubleCell: Cell = (from, to) => {
  to.raw(from.buffer, from.at, from.at + 8)
  from.at += 8
}

const YEAR_ZERO = 1900

export const yearCell: Cell = (from, to) => {
  const year = from.uint8()
  to.long(year === 0 ? 0 : YEAR_ZERO + year)
}

/** Of one to eight bytes, the first of which weighs most. */
export function bitCell(bytes: number): Cell {
  const highBytes = Math.max(bytes - 4, 0)
  return (from, to) => {
    const high = highBytes === 0 ? 0 : from.uintBE(highBytes)
    writeUnsigned(high, from.uintBE(bytes - highBytes), to)
  }
}

function writeUnsigned(high: number, low: number, to: ImageWriter): void {
  const opened = to.openText(0)
  if (high <= SAFE_HIGH_MAX) to.digits(high * TWO_TO_THE_32 + low, 1)
  else to.ascii(String((BigInt(high) << 32n) | BigInt(low)))
  to.closeText(opened)
}

export function decimalCell(precision: number, scale: number): Cell {
  const decimal = new BinaryDecimal(precision, scale)
  return (from, to) => {
    const opened = to.openText(0)
    decimal.write(from, to)
    to.closeText(opened)
  }
}
