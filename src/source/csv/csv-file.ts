// A file as CSV text: unpacked, and in bytes that mean ASCII where they are below 128. Plain files are read from a place
// on; what is packed, or two bytes to a character, has to be read from its beginning.

import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import type { Compression, Dialect, Encoding } from '../../core/csv-dialect.ts'
import { MillraceError } from '../../core/errors.ts'
import { utf16Text } from './utf16-text.ts'

/** So few that the rows of one are gone again before the young generation is collected. */
const CHUNK_BYTES = 64 * 1024
const HEAD_BYTES = 64 * 1024

export interface CsvFile {
  readonly path: string
  readonly encoding: Encoding
  readonly compression: Compression
  readonly newline: '\n' | '\r'
  /** Of the mark at its beginning, in the text's own bytes. */
  readonly markBytes: number
}

const PACKED: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
]
const MARKS: readonly (readonly [Encoding, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

/** What the file's beginning says of it, where the dialect does not. */
export async function openCsvFile(path: string, dialect: Pick<Dialect, 'encoding' | 'compression'>): Promise<CsvFile> {
  const first = await firstBytes(path)
  const compression = dialect.compression ?? PACKED.find(([, mark]) => startsWith(first, mark))?.[0] ?? 'none'
  const head = compression === 'none' ? first : await unpackedHead(path, compression)
  const marked = MARKS.find(([, mark]) => startsWith(head, mark))
  const encoding = dialect.encoding ?? marked?.[0] ?? 'utf-8'
  const isWide = encoding === 'utf-16le' || encoding === 'utf-16be'
  // As UTF-8 the mark has three bytes, whatever it was before.
  const markBytes = marked?.[0] === encoding ? 3 : 0
  const step = isWide ? 2 : 1
  const at = encoding === 'utf-16be' ? 1 : 0
  const has = (byte: number) => head.some((one, index) => one === byte && index % step === at)
  return { path, encoding, compression, newline: !has(0x0a) && has(0x0d) ? '\r' : '\n', markBytes }
}

/** Chunks of the text from a place on. */
export async function* csvText(file: CsvFile, from: number): AsyncIterable<Buffer> {
  const isPlain = file.compression === 'none' && !file.encoding.startsWith('utf-16')
  let skip = isPlain ? 0 : Math.max(from, file.markBytes)
  const start = isPlain ? Math.max(from, file.markBytes) : 0
  for await (const chunk of decoded(file, start)) {
    if (skip >= chunk.length) skip -= chunk.length
    else {
      yield chunk.subarray(skip)
      skip = 0
    }
  }
}

async function* decoded({ path, compression, encoding }: CsvFile, start: number): AsyncIterable<Buffer> {
  const bytes = unpacked(createReadStream(path, { start, highWaterMark: CHUNK_BYTES }), path, compression)
  if (encoding === 'utf-16le' || encoding === 'utf-16be') yield* utf16Text(bytes, encoding)
  else yield* bytes
}

async function* unpacked(raw: Readable, path: string, compression: Compression): AsyncIterable<Buffer> {
  const options = { chunkSize: CHUNK_BYTES }
  const unpacking = compression === 'gzip' ? createGunzip(options) : createZstdDecompress(options)
  if (compression === 'none') return yield* raw as AsyncIterable<Buffer>
  raw.on('error', (error) => unpacking.destroy(error))
  try {
    yield* raw.pipe(unpacking) as AsyncIterable<Buffer>
  } catch (cause) {
    const what = `${path} cannot be unpacked: ${cause instanceof Error ? cause.message : String(cause)}`
    throw new MillraceError('IMPORT_UNREADABLE', what, { cause })
  } finally {
    raw.destroy()
  }
}

async function unpackedHead(path: string, compression: Compression): Promise<Buffer> {
  for await (const chunk of unpacked(createReadStream(path), path, compression)) return chunk.subarray(0, HEAD_BYTES)
  return Buffer.alloc(0)
}

async function firstBytes(path: string): Promise<Buffer> {
  let file: FileHandle | null = null
  try {
    file = await open(path)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file?.close()
  }
}

function startsWith(bytes: Buffer, mark: readonly number[]): boolean {
  return mark.every((byte, at) => bytes[at] === byte)
}
