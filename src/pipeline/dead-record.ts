// The record that a dead letter is about, as it was delivered first.

import { cursorScope } from '../core/cursor.ts'
import type { DeadLetter } from '../core/dead-letter.ts'
import { MillraceError } from '../core/errors.ts'
import type { Log, StoredRecord } from '../log/log.ts'

/** From the letter itself, or, where it was too large for it, from its topic; without a value where it is in neither. */
export async function deadRecord(
  log: Pick<Log, 'ends' | 'range'>,
  { cursor, key, value, timeMs }: DeadLetter,
  signal: AbortSignal,
): Promise<StoredRecord> {
  const { topic, partition, offset } = cursor
  const kept = { topic, partition, offset, key, value, timeMs }
  if (value !== null) return kept
  const ends = await log.ends(topic)
  if (!ends.some((end) => cursorScope(end) === cursorScope(cursor))) return kept
  try {
    for await (const [record] of log.range(cursor, { ...cursor, offset: offset + 1 }, signal)) return record ?? kept
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'LOG_HISTORY_GONE') throw error
  }
  return kept
}
