// CRC-32C (Castagnoli), the checksum of a record batch: eight bytes at a time through eight tables.

const POLYNOMIAL = 0x82f63b78
const TABLE = makeTable()

function makeTable(): Int32Array {
  const table = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    table[byte] = crc
  }
  for (let at = 256; at < table.length; at++) {
    const before = table[at - 256] ?? 0
    table[at] = (before >>> 8) ^ (table[before & 255] ?? 0)
  }
  return table
}

function row(index: number): number {
  return TABLE[index] ?? 0
}

/** Of `bytes` from `start` to the end. */
export function crc32c(bytes: Uint8Array, start: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let crc = -1
  let at = start
  for (; at + 8 <= bytes.length; at += 8) {
    const low = crc ^ view.getInt32(at, true)
    const high = view.getInt32(at + 4, true)
    crc =
      row(1792 + (low & 255)) ^
      row(1536 + ((low >>> 8) & 255)) ^
      row(1280 + ((low >>> 16) & 255)) ^
      row(1024 + (low >>> 24)) ^
      row(768 + (high & 255)) ^
      row(512 + ((high >>> 8) & 255)) ^
      row(256 + ((high >>> 16) & 255)) ^
      row(high >>> 24)
  }
  for (; at < bytes.length; at++) crc = row((crc ^ (bytes[at] ?? 0)) & 255) ^ (crc >>> 8)
  return ~crc >>> 0
}
