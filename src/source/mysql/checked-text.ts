// Text of one column on its way into a row image. Where its bytes are no text in the column's character set, the image
// says so: such a row is set apart when it is delivered, never dropped and never passed on as if it were whole.

import type { ImageWriter } from '../image-writer.ts'
import type { ByteReader } from './byte-reader.ts'
import { type Charset, charset } from './charset.ts'

const BYTES_SHOWN_MAX = 16

export class CheckedText {
  readonly #charset: Charset
  readonly #place: string

  /** `place` is the column's full name. */
  constructor(charsetName: string, place: string) {
    this.#charset = charset(charsetName)
    this.#place = place
  }

  write(from: ByteReader, bytes: number, to: ImageWriter): void {
    const start = from.at
    const invalidAt = this.#charset.write(from, bytes, to)
    if (invalidAt < 0) return
    const shown = from.buffer.subarray(start + invalidAt, Math.min(start + invalidAt + BYTES_SHOWN_MAX, from.at))
    const hex = `0x${shown.toString('hex').toUpperCase()}`
    to.fault ??= `${this.#place} holds bytes that are no ${this.#charset.name}: ${hex} at byte ${invalidAt} of ${bytes}`
  }
}
