// Stands for a row in ten bytes. Were two rows ever to share them, one would wait for the other's letters: order per
// key would still hold, and nothing be lost.

import { hash } from 'node:crypto'

export interface LaneHash {
  readonly high: number
  readonly low: number
}

const HIGH_BYTES = 4
const LOW_BYTES = 6

export function laneHash(lane: Uint8Array): LaneHash {
  return read(hash('sha256', lane, 'buffer'))
}

/** As text, for bookmarks. */
export function formatLane({ high, low }: LaneHash): string {
  const bytes = Buffer.alloc(HIGH_BYTES + LOW_BYTES)
  bytes.writeUInt32BE(high)
  bytes.writeUIntBE(low, HIGH_BYTES, LOW_BYTES)
  return bytes.toString('base64url')
}

export function parseLane(text: string): LaneHash {
  return read(Buffer.from(text, 'base64url'))
}

function read(bytes: Buffer): LaneHash {
  return { high: bytes.readUInt32BE(), low: bytes.readUIntBE(HIGH_BYTES, LOW_BYTES) }
}
