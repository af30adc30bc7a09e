// Reads the body of a Kafka response; the mirror image of WireWriter. 64-bit integers come as numbers: offsets and
// times stay far below 2^53; only producer ids are read as bigint.

export class WireReader {
  readonly #bytes: Buffer
  readonly #isFlexible: boolean
  #next = 0

  constructor(bytes: Buffer, isFlexible: boolean) {
    this.#bytes = bytes
    this.#isFlexible = isFlexible
    this.endStruct() // A flexible response's header ends with tagged fields.
  }

  int8(): number {
    return this.#bytes.readInt8(this.#skip(1))
  }
  bool(): boolean {
    return this.int8() !== 0
  }
  int16(): number {
    return this.#bytes.readInt16BE(this.#skip(2))
  }
  int32(): number {
    return this.#bytes.readInt32BE(this.#skip(4))
  }
  int64(): number {
    const at = this.#skip(8)
    return this.#bytes.readInt32BE(at) * 2 ** 32 + this.#bytes.readUInt32BE(at + 4)
  }
  bigint64(): bigint {
    return this.#bytes.readBigInt64BE(this.#skip(8))
  }
  uuid(): string {
    return this.#bytes.toString('hex', this.#skip(16), this.#next)
  }

  string(): string {
    return this.nullableString() ?? ''
  }

  nullableString(): string | null {
    const size = this.#isFlexible ? this.#varint() - 1 : this.int16()
    return size < 0 ? null : this.#bytes.toString('utf8', this.#skip(size), this.#next)
  }

  /** A view into the response, not a copy. Empty for null. */
  blob(): Buffer {
    const size = Math.max(0, this.#length())
    return this.#bytes.subarray(this.#skip(size), this.#next)
  }

  /** Empty for null. */
  array<T>(read: () => T): T[] {
    const items: T[] = []
    for (let rest = this.#length(); rest > 0; rest--) items.push(read())
    return items
  }

  endStruct(): void {
    if (!this.#isFlexible) return
    for (let tags = this.#varint(); tags > 0; tags--) {
      this.#varint()
      this.#skip(this.#varint())
    }
  }

  #length(): number {
    return this.#isFlexible ? this.#varint() - 1 : this.int32()
  }

  #varint(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes.readUInt8(this.#skip(1))
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }

  #skip(size: number): number {
    const at = this.#next
    this.#next = at + size
    return at
  }
}
