// A planned record that waits for its turn to be applied: without its event, for there are hundreds of them.

import { OLDEST, type Position } from '../core/position.ts'
import type { Planned } from './plan.ts'

export interface DueRecord extends Omit<Planned, 'event'> {
  readonly position: Position
  /** Null of a record that cannot be read. */
  readonly changedAtMs: number | null
}

export function dueRecord({ record, cursor, event, writes, reason, run, isForOther }: Planned): DueRecord {
  const position = event?.position ?? OLDEST
  const changedAtMs = event?.parts.changedAtMs ?? null
  return { record, cursor, position, changedAtMs, writes, reason, run, isForOther }
}
