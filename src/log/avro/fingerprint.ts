// CRC-64-AVRO: the Avro specification's own fingerprint of a schema's canonical form, as its eight bytes go on the wire.

import avsc from 'avsc'

const EMPTY = 0xc15d213aa4d7a795n
const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let entry = BigInt(byte)
  for (let bit = 0; bit < 8; bit++) entry = (entry >> 1n) ^ (EMPTY & -(entry & 1n))
  return entry
})

/** Little-endian, as single-object encoding wants it. Attributes, docs and defaults do not count. */
export function fingerprint(schema: string): Buffer {
  // What avsc calls the schema of a type, without exported attributes, is the specification's canonical form.
  const canonical = JSON.stringify(avsc.Type.forSchema(JSON.parse(schema), { wrapUnions: false }).schema())
  let crc = EMPTY
  for (const byte of Buffer.from(canonical)) crc = (crc >> 8n) ^ (TABLE[Number((crc ^ BigInt(byte)) & 255n)] ?? 0n)
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(crc)
  return bytes
}
