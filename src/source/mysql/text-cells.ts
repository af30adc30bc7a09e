// Text, bytes and labels out of the binary log into row images. UTF-8 is copied as it stands.

import { inflateRawSync, inflateSync } from 'node:zlib'
import { ByteReader } from './byte-reader.ts'
import type { Cell } from './cell.ts'
import type { CheckedText } from './checked-text.ts'

/** `lengthBytes` stand before the text. */
export function textCell(text: CheckedText, lengthBytes: number): Cell {
  return (from, to) => text.write(from, from.uint(lengthBytes), to)
}

export function bytesCell(lengthBytes: number): Cell {
  return (from, to) => {
    const length = from.uint(lengthBytes)
    to.bytes(from.buffer, from.at, from.at + length)
    from.at += length
  }
}

/** Of a fixed length, whose last zeros the server leaves out. */
export function paddedCell(length: number, lengthBytes: number): Cell {
  return (from, to) => {
    const held = from.uint(lengthBytes)
    to.long(length)
    to.reserve(length)
    to.raw(from.buffer, from.at, from.at + held)
    to.slab.fill(0, to.at, to.at + length - held)
    to.at += length - held
    from.at += held
  }
}

/** A label by its number, counted from 1; 0 is the server's way to hold a value that was none of them. */
export function enumCell(labels: readonly string[], bytes: number): Cell {
  const texts = ['', ...labels].map((label) => Buffer.from(label))
  return (from, to) => {
    const text = texts[from.uint(bytes)] ?? Buffer.alloc(0)
    to.bytes(text, 0, text.length)
  }
}

/** A bit for each label. */
export function setCell(labels: readonly string[], bytes: number): Cell {
  const texts = labels.map((label) => Buffer.from(label))
  return (from, to) => {
    const opened = to.openText(0)
    const start = from.at
    let hasAny = false
    for (const [index, text] of texts.entries()) {
      if ((from.buffer.readUInt8(start + (index >> 3)) & (1 << (index & 7))) === 0) continue
      if (hasAny) to.byte(0x2c)
      to.raw(text, 0, text.length)
      hasAny = true
    }
    from.at = start + bytes
    to.closeText(opened)
  }
}

const WITHOUT_FRAME = 0x08
const LENGTH_BYTES_MASK = 0x07

/** What MariaDB compresses column by column: a byte says how, the length follows, then deflated bytes. */
export function compressedCell(lengthBytes: number, plain: Cell): Cell {
  return (from, to) => {
    const length = from.uint(lengthBytes)
    const bytes = length === 0 ? Buffer.alloc(0) : inflated(from.bytes(length))
    const framed = Buffer.alloc(4 + bytes.length)
    framed.writeUInt32LE(bytes.length)
    bytes.copy(framed, 4)
    plain(new ByteReader(framed), to)
  }
}

function inflated(held: Buffer): Buffer {
  const how = held.readUInt8(0)
  if (how === 0) return held.subarray(1)
  const deflated = held.subarray(1 + (how & LENGTH_BYTES_MASK))
  return (how & WITHOUT_FRAME) === 0 ? inflateSync(deflated) : inflateRawSync(deflated)
}
