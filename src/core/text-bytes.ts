// Texts put together as bytes, one behind the other, in memory that is used again and again: of millions of rows no string is
// left behind.

const BYTES_MIN = 4096
/** Of a character in UTF-8. */
const BYTES_MAX = 3
/** Up to here a loop is quicker than a call into the runtime. */
const LOOP_MAX = 64

export class TextBytes {
  #bytes: Buffer = Buffer.allocUnsafeSlow(BYTES_MIN)
  #length = 0

  /** What has been written up to there stays. */
  cut(length = 0): void {
    this.#length = length
  }

  get length(): number {
    return this.#length
  }

  /** Good until something else is written. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  byte(byte: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = byte
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  text(text: string): void {
    this.#reserve(text.length * BYTES_MAX)
    if (!this.#plain(text)) this.#length += this.#bytes.write(text, this.#length)
  }

  /** Short text in ASCII, which nearly all of it is. */
  #plain(text: string): boolean {
    const { length } = text
    if (length > LOOP_MAX) return false
    const bytes = this.#bytes
    const at = this.#length
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index)
      if (code > 127) return false
      bytes[at + index] = code
    }
    this.#length = at + length
    return true
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const before = this.bytes
    this.#bytes = Buffer.allocUnsafeSlow((this.#length + more) * 2)
    this.#bytes.set(before)
  }
}
