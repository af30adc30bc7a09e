// UTF-16 as UTF-8. Half a surrogate pair becomes bytes that are no UTF-8, so that whoever reads the row finds the fault in
// it; the same goes for half a character at the end.

const NO_UTF8 = Buffer.from([0xff])

export async function* utf16Text(
  bytes: AsyncIterable<Buffer>,
  encoding: 'utf-16le' | 'utf-16be',
): AsyncIterable<Buffer> {
  let left = Buffer.alloc(0)
  for await (const chunk of bytes) {
    const all = left.length === 0 ? chunk : Buffer.concat([left, chunk])
    const whole = wholeUnits(all, encoding)
    left = Buffer.from(all.subarray(whole))
    yield asUtf8(Buffer.from(all.subarray(0, whole)), encoding)
  }
  if (left.length > 0) yield left.length < 2 ? NO_UTF8 : asUtf8(left.subarray(0, 2), encoding)
}

/** Not ending in the first half of a pair. */
function wholeUnits(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be'): number {
  const even = bytes.length - (bytes.length % 2)
  const high = bytes[even - (encoding === 'utf-16le' ? 1 : 2)] ?? 0
  return high >= 0xd8 && high <= 0xdb ? even - 2 : even
}

function asUtf8(units: Buffer, encoding: 'utf-16le' | 'utf-16be'): Buffer {
  const text = (encoding === 'utf-16be' ? units.swap16() : units).toString('utf16le')
  if (text.isWellFormed()) return Buffer.from(text)
  const parts = [...text].map((one) => (one.isWellFormed() ? Buffer.from(one) : NO_UTF8))
  return Buffer.concat(parts)
}
