// MySQL's binary JSON as exactly the text that MySQL shows: its separators, escapes and numbers, keys in stored order.

import type { ImageWriter } from '../image-writer.ts'
import { BinaryDecimal } from './binary-decimal.ts'
import { ByteReader } from './byte-reader.ts'
import { doubleText } from './double-text.ts'
import { TYPE } from './table-map.ts'
import { writeDatetime, writePackedDate, writeTime } from './time-text.ts'

const LITERALS = ['null', 'true', 'false'] as const
/** Dates and times keep the numbers they had before they could hold fractions. */
const OLD_TIMES = { timestamp: 7, date: 10, time: 11, datetime: 12 } as const
const FRACTION_DIGITS = 6
const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20
const OBJECT = 0x7b
const ARRAY = 0x5b
const SHORT_ESCAPES: Readonly<Record<number, string>> = {
  8: '\\b',
  9: '\\t',
  10: '\\n',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
}

export function writeJson(json: Buffer, to: ImageWriter): void {
  // What an ALTER or an INSERT IGNORE left behind where nothing was given.
  if (json.length === 0) to.ascii('null')
  else kindOf(json, 0).write(json, 1, to)
}

type Write = (json: Buffer, at: number, to: ImageWriter) => void

interface Kind {
  readonly write: Write
  /** Which containers hold such values themselves, where they have an offset for others. */
  readonly isInside: 'none' | 'large' | 'all'
}

const KINDS: Readonly<Record<number, Kind>> = {
  0: { isInside: 'none', write: container({ isObject: true, wordBytes: 2 }) },
  1: { isInside: 'none', write: container({ isObject: true, wordBytes: 4 }) },
  2: { isInside: 'none', write: container({ isObject: false, wordBytes: 2 }) },
  3: { isInside: 'none', write: container({ isObject: false, wordBytes: 4 }) },
  4: { isInside: 'all', write: (json, at, to) => to.ascii(LITERALS[json.readUInt8(at)] ?? 'null') },
  5: { isInside: 'all', write: (json, at, to) => writeInteger(json.readInt16LE(at), to) },
  6: { isInside: 'all', write: (json, at, to) => writeInteger(json.readUInt16LE(at), to) },
  7: { isInside: 'large', write: (json, at, to) => writeInteger(json.readInt32LE(at), to) },
  8: { isInside: 'large', write: (json, at, to) => writeInteger(json.readUInt32LE(at), to) },
  9: { isInside: 'none', write: (json, at, to) => to.ascii(String(json.readBigInt64LE(at))) },
  10: { isInside: 'none', write: (json, at, to) => to.ascii(String(json.readBigUInt64LE(at))) },
  11: { isInside: 'none', write: (json, at, to) => to.ascii(jsonDouble(json.readDoubleLE(at))) },
  12: { isInside: 'none', write: writeText },
  15: { isInside: 'none', write: writeOpaque },
}

function kindOf(json: Buffer, at: number): Kind {
  const kind = KINDS[json.readUInt8(at)]
  if (kind === undefined) throw new RangeError(`JSON of kind ${json[at]}`)
  return kind
}

/** Counts, then keys, then values; offsets count from the container's own beginning. */
function container({ isObject, wordBytes }: { isObject: boolean; wordBytes: 2 | 4 }): Write {
  const word = (json: Buffer, at: number): number => json.readUIntLE(at, wordBytes)
  const keyBytes = isObject ? wordBytes + 2 : 0
  return (json, start, to) => {
    const count = word(json, start)
    const keysAt = start + 2 * wordBytes
    const valuesAt = keysAt + count * keyBytes
    to.byte(isObject ? OBJECT : ARRAY)
    for (let index = 0; index < count; index++) {
      if (index > 0) to.ascii(', ')
      if (isObject) {
        const at = keysAt + index * keyBytes
        const keyAt = start + word(json, at)
        writeString(json.subarray(keyAt, keyAt + json.readUInt16LE(at + wordBytes)), to)
        to.ascii(': ')
      }
      const at = valuesAt + index * (1 + wordBytes)
      const { write, isInside } = kindOf(json, at)
      const isHere = isInside === 'all' || (isInside === 'large' && wordBytes === 4)
      write(json, isHere ? at + 1 : start + word(json, at + 1), to)
    }
    // What closes a brace or a bracket stands two behind it.
    to.byte((isObject ? OBJECT : ARRAY) + 2)
  }
}

function writeInteger(value: number, to: ImageWriter): void {
  if (value < 0) to.ascii('-')
  to.digits(Math.abs(value), 1)
}

/** A double shows that it is one. */
function jsonDouble(value: number): string {
  const text = doubleText(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

function writeText(json: Buffer, at: number, to: ImageWriter): void {
  const from = new ByteReader(json, at)
  writeString(from.bytes(variableLength(from)), to)
}

function writeString(text: Buffer, to: ImageWriter): void {
  to.byte(QUOTE)
  let plainFrom = 0
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] ?? 0
    if (byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH) continue
    to.raw(text, plainFrom, at)
    to.ascii(SHORT_ESCAPES[byte] ?? `\\u00${byte.toString(16).padStart(2, '0')}`)
    plainFrom = at + 1
  }
  to.raw(text, plainFrom, text.length)
  to.byte(QUOTE)
}

/** A value of SQL that JSON has no kind for; decimals are shown as numbers, all others as strings. */
function writeOpaque(json: Buffer, at: number, to: ImageWriter): void {
  const from = new ByteReader(json, at)
  const type = from.uint8()
  const bytes = from.bytes(variableLength(from))
  if (type === TYPE.decimal) {
    new BinaryDecimal(bytes.readUInt8(0), bytes.readUInt8(1)).write(new ByteReader(bytes, 2), to)
    return
  }
  to.byte(QUOTE)
  switch (type) {
    case OLD_TIMES.date:
      writePackedDate(packedTime(bytes).packed, to)
      break
    case OLD_TIMES.datetime:
    case OLD_TIMES.timestamp: {
      const { packed, fraction } = packedTime(bytes)
      writeDatetime(packed, { value: fraction, digits: FRACTION_DIGITS }, to)
      break
    }
    case OLD_TIMES.time: {
      const { isNegative, packed, fraction } = packedTime(bytes)
      if (isNegative) to.ascii('-')
      writeTime(packed, { value: fraction, digits: FRACTION_DIGITS }, to)
      break
    }
    default:
      to.ascii(`base64:type${type}:${bytes.toString('base64')}`)
  }
  to.byte(QUOTE)
}

/** Three bytes of microseconds below five of everything else, as one signed number. */
function packedTime(bytes: Buffer): { isNegative: boolean; packed: number; fraction: number } {
  const value = bytes.readBigInt64LE(0)
  const size = value < 0n ? -value : value
  return { isNegative: value < 0n, packed: Number(size >> 24n), fraction: Number(size & 0xffffffn) }
}

/** Seven bits a byte, the lowest first. */
function variableLength(from: ByteReader): number {
  let length = 0
  let factor = 1
  for (;;) {
    const byte = from.uint8()
    length += (byte & 0x7f) * factor
    if (byte < 0x80) return length
    factor *= 128
  }
}
