// Reads Avro's primitives one after the other. Reading past the end throws, so that cut bytes never look like values.

import { asBuffer } from '../../core/as-buffer.ts'
import type { RepeatedText } from './repeated-text.ts'

export class Input {
  readonly bytes: Buffer
  #at: number

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = asBuffer(bytes)
    this.#at = at
  }

  get at(): number {
    return this.#at
  }

  /** A long that fits a number; the envelope holds no others. */
  long(): number {
    let low = 0
    let factor = 1
    for (;;) {
      const byte = this.byte()
      low += (byte & 127) * factor
      if (byte < 128) return low % 2 === 0 ? low / 2 : -(low + 1) / 2
      factor *= 128
    }
  }

  byte(): number {
    const byte = this.bytes[this.#at]
    if (byte === undefined) throw new RangeError('the bytes end in the middle of a value')
    this.#at += 1
    return byte
  }

  text(): string {
    const length = this.long()
    this.skip(length)
    return this.bytes.toString('utf8', this.#at - length, this.#at)
  }

  /** One that is likely to be what it was before. */
  repeated(text: RepeatedText): string {
    const length = this.long()
    this.skip(length)
    return text.of(this.bytes, this.#at - length, this.#at)
  }

  /** A union of null and string. */
  textOrNull(): string | null {
    return this.long() === 0 ? null : this.text()
  }

  skip(length: number): void {
    if (length < 0 || this.#at + length > this.bytes.length)
      throw new RangeError('the bytes end in the middle of a value')
    this.#at += length
  }

  skipLong(): void {
    while (this.byte() >= 128);
  }
}
