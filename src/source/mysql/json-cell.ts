// MySQL's binary JSON out of the binary log into row images, as the text that MySQL shows.

import type { Cell } from './cell.ts'
import { writeJson } from './json-text.ts'

export function jsonCell(lengthBytes: number): Cell {
  return (from, to) => {
    const length = from.uint(lengthBytes)
    const opened = to.openText(length)
    writeJson(from.bytes(length), to)
    to.closeText(opened)
  }
}
