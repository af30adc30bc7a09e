// A set of whole numbers as few bytes: sorted, each as its distance from the one before, in variable length.

/** Below DynamoDB's 400 KB with room for the rest of the item. */
const CHUNK_BYTES_MAX = 200 * 1024

export class NumberSet {
  readonly #sorted: Float64Array

  constructor(sorted: Float64Array) {
    this.#sorted = sorted
  }

  get size(): number {
    return this.#sorted.length
  }

  has(number: number): boolean {
    let low = 0
    let high = this.#sorted.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const there = this.#sorted[middle] ?? 0
      if (there === number) return true
      if (there < number) low = middle + 1
      else high = middle - 1
    }
    return false
  }
}

/** Chunks that each can be decoded alone: the first number's sign and size, then distances. */
export function encodeNumbers(numbers: Iterable<number>): readonly Uint8Array[] {
  const sorted = Float64Array.from(new Set(numbers)).sort()
  const chunks: Uint8Array[] = []
  let bytes: number[] = []
  let last = 0
  for (const number of sorted) {
    // Between far apart numbers of both signs the distance would not be exact.
    if (bytes.length >= CHUNK_BYTES_MAX || !Number.isSafeInteger(number - last)) {
      if (bytes.length > 0) chunks.push(Uint8Array.from(bytes))
      bytes = []
    }
    if (bytes.length === 0) bytes.push(number < 0 ? 1 : 0)
    pushVarint(bytes, bytes.length === 1 ? Math.abs(number) : number - last)
    last = number
  }
  if (bytes.length > 0) chunks.push(Uint8Array.from(bytes))
  return chunks
}

export function decodeNumbers(chunks: readonly Uint8Array[]): NumberSet {
  const numbers: number[] = []
  for (const chunk of chunks) {
    let last: number | null = null
    for (const value of varints(chunk.subarray(1))) {
      const first: number = chunk[0] === 1 ? -value : value
      last = last === null ? first : last + value
      numbers.push(last)
    }
  }
  return new NumberSet(Float64Array.from(numbers))
}

/** Bit operations would cut at 32 bits. */
function pushVarint(bytes: number[], value: number): void {
  let rest = value
  while (rest > 127) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
}

function* varints(bytes: Uint8Array): Iterable<number> {
  let value = 0
  let factor = 1
  for (const byte of bytes) {
    value += (byte & 127) * factor
    factor *= 128
    if (byte > 127) continue
    yield value
    value = 0
    factor = 1
  }
}
