// Which partition a key belongs to. The function is Kafka's own (murmur2), so that a key lies in the same partition of
// either log, and never changes: the order of one key's records hangs on it.

const MIX = 0x5bd1e995
const SEED = 0x9747b28c

export function placement(key: Uint8Array, partitions: number): number {
  return partitions === 1 ? 0 : (murmur2(key) & 0x7fff_ffff) % partitions
}

function murmur2(key: Uint8Array): number {
  const whole = key.length & ~3
  let hash = SEED ^ key.length
  for (let at = 0; at < whole; at += 4) {
    let word = byte(key, at) | (byte(key, at + 1) << 8) | (byte(key, at + 2) << 16) | (byte(key, at + 3) << 24)
    word = Math.imul(word, MIX)
    word ^= word >>> 24
    hash = Math.imul(hash, MIX) ^ Math.imul(word, MIX)
  }
  if (whole < key.length) {
    hash ^= byte(key, whole) | (byte(key, whole + 1) << 8) | (byte(key, whole + 2) << 16)
    hash = Math.imul(hash, MIX)
  }
  hash ^= hash >>> 13
  hash = Math.imul(hash, MIX)
  return hash ^ (hash >>> 15)
}

function byte(key: Uint8Array, at: number): number {
  return key[at] ?? 0
}
