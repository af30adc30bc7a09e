// What takes one column's values out of the binary log: reads one and writes it behind what the row image already
// holds. Nulls never come here.

import type { ImageWriter } from '../image-writer.ts'
import type { ByteReader } from './byte-reader.ts'

export type Cell = (from: ByteReader, to: ImageWriter) => void
