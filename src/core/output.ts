// Writes Avro's primitives into slabs of memory: one allocation serves hundreds of records.

const SLAB_BYTES = 256 * 1024

export class Output {
  #slab: Buffer = Buffer.alloc(0)
  #start = 0
  #at = 0

  /** Begins a stretch of at most `bytesMax` bytes. */
  begin(bytesMax: number): void {
    if (this.#at + bytesMax > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytesMax))
      this.#at = 0
    }
    this.#start = this.#at
  }

  /** The bytes written since `begin`. */
  end(): Buffer {
    return this.#slab.subarray(this.#start, this.#at)
  }

  byte(value: number): void {
    this.#slab[this.#at++] = value
  }

  raw(bytes: Uint8Array): void {
    this.#slab.set(bytes, this.#at)
    this.#at += bytes.length
  }

  long(value: number): void {
    let rest = value < 0 ? -2 * value - 1 : 2 * value
    while (rest > 0x7fffffff) {
      this.#slab[this.#at++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    while (rest > 127) {
      this.#slab[this.#at++] = (rest & 127) | 128
      rest >>>= 7
    }
    this.#slab[this.#at++] = rest
  }

  /** Of 64 bits. */
  wide(value: bigint): void {
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    while (rest > 127n) {
      this.#slab[this.#at++] = Number(rest & 127n) | 128
      rest >>= 7n
    }
    this.#slab[this.#at++] = Number(rest)
  }

  float(value: number): void {
    this.#at = this.#slab.writeFloatLE(value, this.#at)
  }

  double(value: number): void {
    this.#at = this.#slab.writeDoubleLE(value, this.#at)
  }

  text(value: string): void {
    if (this.#ascii(value)) return
    this.long(Buffer.byteLength(value))
    this.#at += this.#slab.write(value, this.#at)
  }

  textOrNull(value: string | null): void {
    this.byte(value === null ? 0 : 2)
    if (value !== null) this.text(value)
  }

  /** Short plain text, which nearly all of it is, is quicker written by hand than by a call into the runtime. */
  #ascii(value: string): boolean {
    const length = value.length
    if (length > 63) return false
    const slab = this.#slab
    const at = this.#at + 1
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index)
      if (code > 127) return false
      slab[at + index] = code
    }
    slab[this.#at] = length * 2
    this.#at = at + length
    return true
  }
}
