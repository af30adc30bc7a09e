// Writes row images one after the other into large slabs, so that a row costs no buffer of its own. Cells reserve what
// they may need and then write into `slab` at `at`.

const SLAB_BYTES = 1 << 20
const LONG_BYTES_MAX = 10
/** Up to here a loop is quicker than the call that copies. */
const LOOP_BYTES_MAX = 32
/** The length of a text fits one byte up to here. */
const SHORT_MAX = 63
const TWO_TO_THE_32 = 4294967296

export class ImageWriter {
  slab: Buffer = Buffer.allocUnsafeSlow(SLAB_BYTES)
  at = 0
  /** Why what has been written since `begin` is not what the source holds; null when it is. */
  fault: string | null = null
  #start = 0
  #prefixBytes = 1

  begin(): void {
    this.#start = this.at
    this.fault = null
  }

  /** The image written since `begin`. */
  end(): Buffer {
    return this.slab.subarray(this.#start, this.at)
  }

  /** Bytes written since `begin`: unlike `at` it stays true when the image moves to another slab. */
  get length(): number {
    return this.at - this.#start
  }

  /** Takes back what was written after `length`. */
  rewind(length: number): void {
    this.at = this.#start + length
  }

  /** Call it before writing at `at`: the image may have to move. */
  reserve(bytes: number): void {
    if (this.at + bytes > this.slab.length) this.#move(bytes)
  }

  #move(bytes: number): void {
    const written = this.end()
    this.slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, (written.length + bytes) * 2))
    this.slab.set(written)
    this.#start = 0
    this.at = written.length
  }

  byte(value: number): void {
    this.reserve(1)
    this.slab[this.at++] = value
  }

  /** A safe integer as Avro writes it: zigzag, seven bits a byte. */
  long(value: number): void {
    this.reserve(LONG_BYTES_MAX)
    const { slab } = this
    let rest = value >= 0 ? value * 2 : -value * 2 - 1
    while (rest >= TWO_TO_THE_32) {
      slab[this.at++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    while (rest > 127) {
      slab[this.at++] = (rest & 127) | 128
      rest >>>= 7
    }
    slab[this.at++] = rest
  }

  /** A 64 bit integer given as two halves, `high` signed. */
  wideLong(high: number, low: number): void {
    this.reserve(LONG_BYTES_MAX)
    const { slab } = this
    const sign = high >> 31
    let restLow = ((low << 1) ^ sign) >>> 0
    let restHigh = (((high << 1) | (low >>> 31)) ^ sign) >>> 0
    while (restHigh !== 0 || restLow > 127) {
      slab[this.at++] = (restLow & 127) | 128
      restLow = ((restLow >>> 7) | (restHigh << 25)) >>> 0
      restHigh >>>= 7
    }
    slab[this.at++] = restLow
  }

  /** Bytes behind their length. */
  bytes(from: Buffer, at: number, end: number): void {
    const length = end - at
    this.reserve(length + LONG_BYTES_MAX)
    this.long(length)
    this.raw(from, at, end)
  }

  /** A text behind its length. Short plain text, which nearly all of it is, is quicker written by hand. */
  text(text: string): void {
    const { length } = text
    if (length <= SHORT_MAX) {
      this.reserve(length + 1)
      const { slab, at } = this
      let index = 0
      for (let code = 0; index < length && code < 128; index++) {
        code = text.charCodeAt(index)
        if (code < 128) slab[at + 1 + index] = code
        else index = length
      }
      if (index === length) {
        slab[at] = length * 2
        this.at += length + 1
        return
      }
    }
    const bytes = Buffer.from(text)
    this.bytes(bytes, 0, bytes.length)
  }

  /** Bytes as they are. */
  raw(from: Buffer, at: number, end: number): void {
    this.reserve(end - at)
    if (end - at > LOOP_BYTES_MAX) this.at += from.copy(this.slab, this.at, at, end)
    else for (let index = at; index < end; index++) this.slab[this.at++] = from.readUInt8(index)
  }

  /** The decimal digits of a non-negative safe integer, at least so many of them. */
  digits(value: number, atLeast: number): void {
    let count = 1
    for (let limit = 10; value >= limit; limit *= 10) count++
    count = Math.max(count, atLeast)
    this.reserve(count)
    let rest = value
    for (let at = this.at + count - 1; at >= this.at; at--) {
      const next = Math.floor(rest / 10)
      this.slab[at] = 48 + (rest - next * 10)
      rest = next
    }
    this.at += count
  }

  /** Text in ASCII, as it stands. */
  ascii(text: string): void {
    this.reserve(text.length)
    this.at += this.slab.write(text, this.at, 'latin1')
  }

  /**
   * Begins a text whose length is known only at its end; returns what `closeText` wants to know. `bytesExpected` is its
   * likely length, which decides how much room the length gets at first.
   */
  openText(bytesExpected: number): number {
    this.#prefixBytes = prefixBytes(bytesExpected)
    this.reserve(this.#prefixBytes)
    this.at += this.#prefixBytes
    return this.length
  }

  closeText(opened: number): void {
    const textBytes = this.length - opened
    const shift = prefixBytes(textBytes) - this.#prefixBytes
    if (shift !== 0) {
      this.reserve(Math.max(shift, 0))
      const textAt = this.at - textBytes
      this.slab.copyWithin(textAt + shift, textAt, this.at)
    }
    this.rewind(opened - this.#prefixBytes)
    this.long(textBytes)
    this.at += textBytes
  }
}

/** How many bytes the length of a text takes. */
function prefixBytes(textBytes: number): number {
  let bytes = 1
  for (let limit = 64; textBytes >= limit; limit *= 128) bytes++
  return bytes
}
