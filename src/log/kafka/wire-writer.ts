// Writes the body of a Kafka request. `isFlexible` chooses the compact forms that newer request versions use: lengths
// are varints plus one, and every structure ends with tagged fields (always none here).

export class WireWriter {
  readonly isFlexible: boolean
  #bytes: Buffer
  #next = 0

  constructor(options: { isFlexible?: boolean; sizeHint?: number } = {}) {
    this.isFlexible = options.isFlexible ?? false
    this.#bytes = Buffer.allocUnsafe(options.sizeHint ?? 256)
    this.endStruct() // A flexible request's header ends with tagged fields, and the client writes none.
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#next)
  }

  int8(value: number): this {
    this.#next = this.#room(1).writeInt8(value, this.#next)
    return this
  }
  bool(value: boolean): this {
    return this.int8(value ? 1 : 0)
  }
  int16(value: number): this {
    this.#next = this.#room(2).writeInt16BE(value, this.#next)
    return this
  }
  int32(value: number): this {
    this.#next = this.#room(4).writeInt32BE(value, this.#next)
    return this
  }
  int64(value: number | bigint): this {
    this.#next = this.#room(8).writeBigInt64BE(BigInt(value), this.#next)
    return this
  }

  string(text: string | null): this {
    if (text === null) return this.isFlexible ? this.#varint(0) : this.int16(-1)
    const size = Buffer.byteLength(text)
    if (this.isFlexible) this.#varint(size + 1)
    else this.int16(size)
    this.#next += this.#room(size).write(text, this.#next)
    return this
  }

  blob(bytes: Uint8Array): this {
    this.#length(bytes.length)
    return this.raw(bytes)
  }

  raw(bytes: Uint8Array): this {
    this.#room(bytes.length).set(bytes, this.#next)
    this.#next += bytes.length
    return this
  }

  array<T>(items: readonly T[] | null, write: (item: T) => void): this {
    if (items === null) return this.isFlexible ? this.#varint(0) : this.int32(-1)
    this.#length(items.length)
    for (const item of items) write(item)
    return this
  }

  /** The tagged fields at the end of a structure. */
  endStruct(): this {
    return this.isFlexible ? this.#varint(0) : this
  }

  #length(count: number): void {
    if (this.isFlexible) this.#varint(count + 1)
    else this.int32(count)
  }

  #varint(value: number): this {
    this.#room(5)
    let rest = value
    for (; rest > 127; rest >>>= 7) this.#bytes[this.#next++] = (rest & 127) | 128
    this.#bytes[this.#next++] = rest
    return this
  }

  #room(size: number): Buffer {
    if (this.#next + size > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#next + size))
      this.#bytes.copy(grown, 0, 0, this.#next)
      this.#bytes = grown
    }
    return this.#bytes
  }
}
