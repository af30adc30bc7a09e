// Compressed parts of the binary log: whole transactions of MySQL (`binlog_transaction_compression`) and single events of
// MariaDB (`log_bin_compress`). Both unpack at once, so what is too large for that is refused.

import { inflateSync, zstdDecompressSync } from 'node:zlib'
import type { BinlogEvent } from './binlog-event.ts'
import { unreadable } from './unreadable.ts'

const UNPACKED_BYTES_MAX = 128 * 1024 * 1024
const FIELD = { end: 0, compression: 2, unpackedBytes: 3 }
const ZSTD = 0
const PLAIN = 255

/** The events of a transaction that MySQL compressed as a whole, one behind the other and without checksums. */
export function unpackTransaction(event: BinlogEvent): Buffer {
  const { buffer, end } = event
  let at = event.start
  let compression = PLAIN
  let unpackedBytes = 0
  for (;;) {
    const [field, lengthAt] = lengthEncoded(buffer, at)
    if (field === FIELD.end) {
      at = lengthAt
      break
    }
    const [length, valueAt] = lengthEncoded(buffer, lengthAt)
    if (field === FIELD.compression) compression = lengthEncoded(buffer, valueAt)[0]
    if (field === FIELD.unpackedBytes) unpackedBytes = lengthEncoded(buffer, valueAt)[0]
    at = valueAt + length
  }
  const packed = buffer.subarray(at, end)
  if (compression === PLAIN) return Buffer.from(packed)
  if (compression !== ZSTD || unpackedBytes > UNPACKED_BYTES_MAX) {
    throw unreadable(
      `A compressed transaction of ${unpackedBytes} bytes cannot be unpacked.`,
      'Run SET PERSIST binlog_transaction_compression = OFF',
    )
  }
  return zstdDecompressSync(packed, { maxOutputLength: UNPACKED_BYTES_MAX })
}

/** What MariaDB compressed: a byte that says how many bytes the length has, the length, and a zlib stream. */
export function inflate(bytes: Buffer): Buffer {
  const lengthBytes = (bytes[0] ?? 0) & 7
  try {
    return inflateSync(bytes.subarray(1 + lengthBytes), { maxOutputLength: UNPACKED_BYTES_MAX })
  } catch (cause) {
    throw unreadable('A compressed event cannot be unpacked.', 'Run SET GLOBAL log_bin_compress = OFF', cause)
  }
}

/** A number of the protocol's own form: one byte, or a byte that says how many follow. */
function lengthEncoded(buffer: Buffer, at: number): readonly [value: number, next: number] {
  const first = buffer[at] ?? 0
  switch (first) {
    case 252:
      return [buffer.readUInt16LE(at + 1), at + 3]
    case 253:
      return [buffer.readUIntLE(at + 1, 3), at + 4]
    case 254:
      return [buffer.readUInt32LE(at + 1) + buffer.readUInt32LE(at + 5) * 4294967296, at + 9]
    default:
      return [first, at + 1]
  }
}
