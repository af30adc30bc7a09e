// A position says which version of a row an event is. It is a fixed-width string, so that string order is age order,
// and its first part is the epoch, which grows when the source's own numbering restarts.

export type Position = string

/** Older than every position of every source. */
export const OLDEST: Position = ''

const EPOCH_DIGITS = 6

export interface PositionPart {
  readonly value: number | bigint
  readonly digits: number
}

/** Builds a position of one source; `parts` are written as hexadecimal, each in its own fixed width. */
export function position(epoch: number, parts: readonly PositionPart[]): Position {
  let text = hex({ value: epoch, digits: EPOCH_DIGITS })
  for (const part of parts) text += hex(part)
  return text
}

/** The newest of them; older than all when there is none. */
export function newest(positions: Iterable<Position>): Position {
  let found = OLDEST
  for (const one of positions) if (one > found) found = one
  return found
}

export function epochOf(at: Position): number {
  return at === OLDEST ? 0 : Number.parseInt(at.slice(0, EPOCH_DIGITS), 16)
}

function hex(part: PositionPart): string {
  const text = part.value.toString(16).padStart(part.digits, '0')
  if (text.length > part.digits) throw new RangeError(`${part.value} does not fit ${part.digits} hexadecimal digits`)
  return text
}
