// Dates and times as the text that core/table.ts lays down. Nothing is lost that the server may hold, be it a zero
// month or a negative time. Times come packed as the server packs them, in bit fields from year to second.

import type { ImageWriter } from '../image-writer.ts'

const TEXT_BYTES_MAX = 40
const DAY_SECONDS = 86_400
const CLOCK = 2 ** 17
const ZERO = 0x30
const DASH = 0x2d
const COLON = 0x3a
const SPACE = 0x20
const POINT = 0x2e
const T = 0x54
const Z = 0x5a

/** Of a second, in units of the last digit. */
export interface Fraction {
  readonly value: number
  readonly digits: number
}

export interface CalendarDay {
  readonly year: number
  readonly month: number
  readonly day: number
}

export function writeDate({ year, month, day }: CalendarDay, to: ImageWriter): void {
  to.reserve(TEXT_BYTES_MAX)
  const century = (year / 100) | 0
  writePair(century, to)
  writePair(year - century * 100, to)
  to.slab[to.at++] = DASH
  writePair(month, to)
  to.slab[to.at++] = DASH
  writePair(day, to)
}

/** Bits: 17 of year * 13 + month, 5 day, 5 hour, 6 minute, 6 second. */
export function writeDatetime(packed: number, fraction: Fraction, to: ImageWriter): void {
  writePackedDate(packed, to)
  to.slab[to.at++] = SPACE
  writeClock(packed % CLOCK, fraction, to)
}

/** The first half of a packed datetime. */
export function writePackedDate(packed: number, to: ImageWriter): void {
  const days = Math.floor(packed / CLOCK)
  const months = days >> 5
  const year = (months / 13) | 0
  writeDate({ year, month: months - year * 13, day: days & 31 }, to)
}

/** Bits: 10 hour, 6 minute, 6 second. */
export function writeTime(packed: number, fraction: Fraction, to: ImageWriter): void {
  to.reserve(TEXT_BYTES_MAX)
  writeClock(packed, fraction, to)
}

/** Of seconds since 1970; 0 is the server's way to hold the zero date. */
export function writeTimestamp(seconds: number, fraction: Fraction, to: ImageWriter): void {
  const days = Math.floor(seconds / DAY_SECONDS)
  const rest = seconds - days * DAY_SECONDS
  const hour = (rest / 3600) | 0
  const minute = ((rest / 60) | 0) - hour * 60
  writeDate(seconds === 0 ? ZERO_DATE : dateOf(days), to)
  to.slab[to.at++] = T
  writeClock((hour << 12) | (minute << 6) | (rest % 60), fraction, to)
  to.slab[to.at++] = Z
}

function writeClock(packed: number, fraction: Fraction, to: ImageWriter): void {
  const hour = packed >> 12
  if (hour < 100) writePair(hour, to)
  else to.digits(hour, 3)
  to.slab[to.at++] = COLON
  writePair((packed >> 6) & 63, to)
  to.slab[to.at++] = COLON
  writePair(packed & 63, to)
  if (fraction.digits === 0) return
  to.slab[to.at++] = POINT
  to.digits(fraction.value, fraction.digits)
}

function writePair(value: number, to: ImageWriter): void {
  const tens = (value / 10) | 0
  to.slab[to.at++] = ZERO + tens
  to.slab[to.at++] = ZERO + (value - tens * 10)
}

const ZERO_DATE: CalendarDay = { year: 0, month: 0, day: 0 }
let knownDays = Number.NaN
let knownDate = ZERO_DATE

/** Of days since 1970. Rows come close together in time, so the last answer is often the next. */
function dateOf(days: number): CalendarDay {
  if (days !== knownDays) {
    const date = new Date(days * DAY_SECONDS * 1000)
    knownDate = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
    knownDays = days
  }
  return knownDate
}
