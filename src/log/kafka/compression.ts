// The codecs of a record batch, by the number that its attributes carry. Everything node:zlib has can be written; what
// other producers may have used besides (snappy, lz4) is named when it is met.

import { promisify } from 'node:util'
import { gunzipSync, gzip, zstdCompress, zstdDecompressSync } from 'node:zlib'
import { MillraceError } from '../../core/errors.ts'

export type Compression = 'none' | 'gzip' | 'zstd'

export const COMPRESSIONS: readonly Compression[] = ['none', 'gzip', 'zstd']

export const COMPRESSION_ID: Readonly<Record<Compression, number>> = { none: 0, gzip: 1, zstd: 4 }

const compressors = { gzip: promisify(gzip), zstd: promisify(zstdCompress) }

export async function compress(bytes: Buffer, how: Exclude<Compression, 'none'>): Promise<Buffer> {
  return compressors[how](bytes)
}

export function decompress(bytes: Buffer, id: number): Buffer {
  if (id === COMPRESSION_ID.gzip) return gunzipSync(bytes)
  if (id === COMPRESSION_ID.zstd) return zstdDecompressSync(bytes)
  throw new MillraceError('RECORD_UNREADABLE', `a record batch is compressed with ${id === 2 ? 'snappy' : 'lz4'}`, {
    hint: 'Let only millrace write to its topics, and leave their compression.type at `producer`.',
  })
}
