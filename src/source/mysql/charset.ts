// The servers' character sets: text in any of them is written into a row image as UTF-8, and bytes that are no text in
// it are found, never passed on.

import { isUtf8 } from 'node:buffer'
import type { ImageWriter } from '../image-writer.ts'
import type { ByteReader } from './byte-reader.ts'
import { CHARSET_SPECS } from './charset-spec.ts'
import { CodeTable } from './code-table.ts'
import { UnicodeReader } from './unicode-reader.ts'
import { unreadable } from './unreadable.ts'

const REPLACEMENT = 0xfffd
/** A character of one byte may take three in UTF-8; those of more bytes take at most half as many again. */
const GROWTH_MAX = 3
/** Up to here looking at each byte is quicker than a call. */
const LOOP_BYTES_MAX = 40

export interface Charset {
  readonly name: string
  /** Of one character: declared lengths are in characters, the binary log's in bytes. */
  readonly bytesMax: number
  /**
   * Takes so many bytes and writes them as text behind its length, with U+FFFD where they are no text. Returns where
   * the first of those is, or -1 when there are none.
   */
  write(from: ByteReader, bytes: number, to: ImageWriter): number
}

const BYTES_MAX: Readonly<Record<string, number>> = {
  ...{ binary: 1, utf8mb3: 3, utf8mb4: 4, ucs2: 2, utf16: 4, utf16le: 4, utf32: 4 },
  ...{ big5: 2, cp932: 2, eucjpms: 3, euckr: 2, gb18030: 4, gb2312: 2, gbk: 2, sjis: 2, ujis: 3 },
}

const made = new Map<string, Charset>()

/** By the server's name for it. Throws BINLOG_UNREADABLE for one that this release does not know. */
export function charset(name: string): Charset {
  const known = made.get(name) ?? make(name === 'utf8' ? 'utf8mb3' : name)
  made.set(name, known)
  return known
}

function make(name: string): Charset {
  const bytesMax = BYTES_MAX[name] ?? 1
  switch (name) {
    case 'utf8mb4':
    case 'utf8mb3':
    case 'binary':
      return { name, bytesMax, write: writeUtf8 }
    case 'ucs2':
    case 'utf16':
    case 'utf16le':
    case 'utf32':
      return new CodedCharset(name, bytesMax, () => new UnicodeReader(name))
  }
  const spec = CHARSET_SPECS[name]
  if (spec === undefined) throw unreadable(`Character set ${name} is unknown.`, 'Convert its columns to utf8mb4')
  return new CodedCharset(name, bytesMax, () => new CodeTable(spec))
}

interface CodeReader {
  readonly width: number
  read(from: Buffer, at: number, end: number): number
}

class CodedCharset implements Charset {
  readonly name: string
  readonly bytesMax: number
  readonly #open: () => CodeReader
  #codes: CodeReader | null = null

  constructor(name: string, bytesMax: number, open: () => CodeReader) {
    this.name = name
    this.bytesMax = bytesMax
    this.#open = open
  }

  write(from: ByteReader, bytes: number, to: ImageWriter): number {
    // Tables are large and most servers use one character set, so each is made when it is first needed.
    this.#codes ??= this.#open()
    const codes = this.#codes
    const { buffer, at: start } = from
    const end = start + bytes
    const opened = to.openText(bytes)
    to.reserve(bytes * GROWTH_MAX)
    let invalidAt = -1
    for (let at = start; at < end; at += codes.width) {
      const character = codes.read(buffer, at, end)
      if (character < 0 && invalidAt < 0) invalidAt = at - start
      writeCharacter(character < 0 ? REPLACEMENT : character, to)
    }
    to.closeText(opened)
    from.at = end
    return invalidAt
  }
}

function writeCharacter(character: number, to: ImageWriter): void {
  const { slab } = to
  if (character < 0x80) {
    slab[to.at++] = character
  } else if (character < 0x800) {
    slab[to.at++] = 0xc0 | (character >> 6)
    slab[to.at++] = 0x80 | (character & 0x3f)
  } else {
    if (character < 0x10000) slab[to.at++] = 0xe0 | (character >> 12)
    else {
      slab[to.at++] = 0xf0 | (character >> 18)
      slab[to.at++] = 0x80 | ((character >> 12) & 0x3f)
    }
    slab[to.at++] = 0x80 | ((character >> 6) & 0x3f)
    slab[to.at++] = 0x80 | (character & 0x3f)
  }
}

function writeUtf8(from: ByteReader, bytes: number, to: ImageWriter): number {
  const { buffer, at } = from
  const before = to.length
  from.at = at + bytes
  to.bytes(buffer, at, from.at)
  if (bytes <= LOOP_BYTES_MAX ? isAscii(to, bytes) : isUtf8(buffer.subarray(at, from.at))) return -1
  const text = buffer.subarray(at, from.at)
  if (isUtf8(text)) return -1
  to.rewind(before)
  const mended = Buffer.from(text.toString('utf8'))
  to.bytes(mended, 0, mended.length)
  return firstDifference(text, mended)
}

/** The bytes written last. */
function isAscii(to: ImageWriter, bytes: number): boolean {
  const { slab, at } = to
  let all = 0
  for (let index = at - bytes; index < at; index++) all |= slab[index] ?? 0
  return all < 0x80
}

/** Text that was mended is the same up to the first bytes that are no text; U+FFFD may begin as they do. */
function firstDifference(text: Buffer, mended: Buffer): number {
  let at = 0
  while (at < text.length && text[at] === mended[at]) at++
  while (((mended[at] ?? 0) & 0xc0) === 0x80) at--
  return at
}
