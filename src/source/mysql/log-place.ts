// Where in the binary log the stream stands. Headers hold 32 bits of the offset, and MariaDB may leave them out inside a
// transaction; files grow past 4 GiB. The same event gets the same place however the stream was started.

import { type Position, position } from '../../core/position.ts'
import type { BinlogEvent } from './binlog-event.ts'

const WRAP = 4294967296
const FIRST_OFFSET = 4
const FILE_DIGITS = 8
const OFFSET_DIGITS = 12
const ROW_DIGITS = 8

export class LogPlace {
  file: string
  /** Where the next event begins. */
  offset: number

  constructor(file: string, offset: number) {
    this.file = file
    this.offset = offset
  }

  get number(): number {
    return fileNumber(this.file)
  }

  enter(file: string): void {
    if (file === this.file) return
    this.file = file
    this.offset = FIRST_OFFSET
  }

  /** Steps over an event and returns where it began. */
  pass(event: BinlogEvent): number {
    const after = this.offset + event.size
    this.offset = event.endPosition === 0 ? after : unwrap(event.endPosition, after)
    return this.offset - event.size
  }

  /**
   * The server has nothing to send before the offset with these low bits. One that lies behind says nothing, and
   * answers false; it shows as a leap forward.
   */
  skipTo(bits: number): boolean {
    const to = unwrap(bits, this.offset)
    if (to - this.offset > WRAP / 2) return false
    this.offset = to
    return true
  }
}

/** The smallest offset that is `atLeast` and agrees with the 32 bits given. */
function unwrap(bits: number, atLeast: number): number {
  const offset = atLeast - (atLeast % WRAP) + bits
  return offset < atLeast ? offset + WRAP : offset
}

export function fileNumber(file: string): number {
  return Number(/(\d+)$/.exec(file)?.[1] ?? 0)
}

export function rowPosition(epoch: number, at: { file: string; offset: number; row: number }): Position {
  return position(epoch, [
    { value: fileNumber(at.file), digits: FILE_DIGITS },
    { value: at.offset, digits: OFFSET_DIGITS },
    { value: at.row, digits: ROW_DIGITS },
  ])
}

/** Newer than every event before this place, older than the one that begins here. */
export function endPosition(epoch: number, at: { file: string; offset: number }): Position {
  return rowPosition(epoch, { file: at.file, offset: at.offset - 1, row: 0 })
}
