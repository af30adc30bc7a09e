// The label of an enum or a set as text; the binary log has it in the column's own character set.

import { ImageWriter } from '../image-writer.ts'
import { ByteReader } from './byte-reader.ts'
import { charset } from './charset.ts'

export function labelText(label: Buffer, set: string): string {
  const writer = new ImageWriter()
  writer.begin()
  charset(set).write(new ByteReader(label), label.length, writer)
  const written = new ByteReader(writer.end())
  let length = 0
  for (let shift = 0, byte = 0x80; byte >= 0x80; shift += 7) {
    byte = written.uint8()
    length |= (byte & 0x7f) << shift
  }
  return written.bytes(length >> 1).toString('utf8')
}
