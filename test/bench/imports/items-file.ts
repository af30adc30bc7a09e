// A catalogue as a CSV file: so many items, each a line of about 60 bytes.

import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

const HEADER = 'external_id,category,name,price,is_active\n'
const LINES_AT_ONCE = 1_000

export async function writeItems(path: string, items: number): Promise<void> {
  await pipeline(Readable.from(lines(items)), createWriteStream(path))
}

function* lines(items: number): Generator<string> {
  yield HEADER
  for (let from = 0; from < items; from += LINES_AT_ONCE) {
    const some = Array.from({ length: Math.min(LINES_AT_ONCE, items - from) }, (_, index) => line(from + index))
    yield some.join('')
  }
}

function line(item: number): string {
  return `${item},category ${item % 50},Item number ${item} of the catalogue,${item % 1_000}.50,1\n`
}
