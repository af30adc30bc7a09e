// Reads the bytes of a binary log event from front to back; integers are little-endian unless they say otherwise.

export class ByteReader {
  readonly buffer: Buffer
  at: number

  constructor(buffer: Buffer, at = 0) {
    this.buffer = buffer
    this.at = at
  }

  uint8(): number {
    return this.buffer.readUInt8(this.at++)
  }

  uint16(): number {
    this.at += 2
    return this.buffer.readUInt16LE(this.at - 2)
  }

  uint32(): number {
    this.at += 4
    return this.buffer.readUInt32LE(this.at - 4)
  }

  /** Of one to six bytes. */
  uint(bytes: number): number {
    this.at += bytes
    return this.buffer.readUIntLE(this.at - bytes, bytes)
  }

  /** Of one to six bytes, the first of which weighs most. */
  uintBE(bytes: number): number {
    this.at += bytes
    return this.buffer.readUIntBE(this.at - bytes, bytes)
  }

  /** A length as the protocol packs it: one byte up to 250, else a mark and two, three or eight bytes. */
  packed(): number {
    const first = this.uint8()
    if (first < 251) return first
    return this.uint(first === 252 ? 2 : first === 253 ? 3 : 6) + (first === 254 ? this.uint(2) * 2 ** 48 : 0)
  }

  bytes(count: number): Buffer {
    this.at += count
    if (this.at > this.buffer.length) throw new RangeError(`${this.at - this.buffer.length} bytes are missing`)
    return this.buffer.subarray(this.at - count, this.at)
  }
}
