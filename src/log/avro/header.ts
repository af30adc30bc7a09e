// How a record names its schema: Avro's single-object encoding (C3 01 and a fingerprint), or the header that Confluent's
// tools know (00 and the registry's id).

const SINGLE_OBJECT = 0xc301
const SINGLE_OBJECT_BYTES = 10
const REGISTRY_BYTES = 5

export type SchemaName = { readonly fingerprint: string } | { readonly id: number }

export interface Header {
  readonly name: SchemaName
  /** How many bytes it takes: the body begins there. */
  readonly length: number
}

export function singleObjectHeader(fingerprint: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(SINGLE_OBJECT >> 8, SINGLE_OBJECT & 255), fingerprint])
}

export function registryHeader(id: number): Buffer {
  const header = Buffer.alloc(REGISTRY_BYTES)
  header.writeUInt32BE(id, 1)
  return header
}

/** Null for bytes that begin in neither way. */
export function readHeader(bytes: Uint8Array): Header | null {
  const length = headerLength(bytes)
  if (length === null) return null
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, length)
  if (length === REGISTRY_BYTES) return { name: { id: buffer.readUInt32BE(1) }, length }
  return { name: { fingerprint: buffer.toString('hex', 2) }, length }
}

/** The same without what it names. */
export function headerLength(bytes: Uint8Array): number | null {
  if (bytes[0] === 0 && bytes.length >= REGISTRY_BYTES) return REGISTRY_BYTES
  const isSingle = bytes[0] === SINGLE_OBJECT >> 8 && bytes[1] === (SINGLE_OBJECT & 255)
  return isSingle && bytes.length >= SINGLE_OBJECT_BYTES ? SINGLE_OBJECT_BYTES : null
}
