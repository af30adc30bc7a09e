// The servers' decimals: nine digits are four bytes, a lesser group stands at each end, negative ones are inverted bit
// by bit, and the highest bit of all is the sign, so that the bytes sort as the numbers do.

import type { ImageWriter } from '../image-writer.ts'
import type { ByteReader } from './byte-reader.ts'

const GROUP_DIGITS = 9
/** How many bytes so many digits take. */
const DIGIT_BYTES = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4] as const
const MINUS = 0x2d
const POINT = 0x2e

interface DigitGroup {
  readonly digits: number
  readonly bytes: number
}

export class BinaryDecimal {
  readonly #whole: readonly DigitGroup[]
  readonly #fraction: readonly DigitGroup[]

  constructor(precision: number, scale: number) {
    const wholeDigits = precision - scale
    const group = (digits: number): DigitGroup => ({ digits, bytes: DIGIT_BYTES[digits] ?? 0 })
    const full = (digits: number): DigitGroup[] => Array(Math.floor(digits / GROUP_DIGITS)).fill(group(GROUP_DIGITS))
    this.#whole = [group(wholeDigits % GROUP_DIGITS), ...full(wholeDigits)].filter(({ bytes }) => bytes > 0)
    this.#fraction = [...full(scale), group(scale % GROUP_DIGITS)].filter(({ bytes }) => bytes > 0)
  }

  /** All declared digits behind the point, none more than needed before it. */
  write(from: ByteReader, to: ImageWriter): void {
    const isNegative = (from.buffer.readUInt8(from.at) & 0x80) === 0
    if (isNegative) to.byte(MINUS)
    let signWeight = 0x80
    const read = ({ bytes }: DigitGroup): number => {
      const weight = 256 ** (bytes - 1)
      const held = from.uintBE(bytes)
      const value = (isNegative ? weight * 256 - 1 - held : held) - weight * signWeight
      signWeight = 0
      return value
    }
    let hasDigits = false
    for (const group of this.#whole) {
      const value = read(group)
      if (value === 0 && !hasDigits) continue
      to.digits(value, hasDigits ? group.digits : 1)
      hasDigits = true
    }
    if (!hasDigits) to.digits(0, 1)
    if (this.#fraction.length > 0) to.byte(POINT)
    for (const group of this.#fraction) to.digits(read(group), group.digits)
  }
}
