// What work on a record leaves behind for a person: the dead letter and the conflicts, as records of the log.

import { type Conflict, conflictKey } from '../core/conflict.ts'
import { type DeadLetter, deadLetterKey } from '../core/dead-letter.ts'
import { type FieldConflict, fieldConflictKey } from '../core/field-conflict.ts'
import { CONFLICTS, deadTopic } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import { type LogRecord, RECORD_BYTES_MAX } from '../log/log.ts'
import type { Outcome } from '../sink/sink.ts'

/** Room for what a letter says besides its record and its reason. */
const LETTER_BYTES = 4_096
const REASON_LENGTH_MAX = 1_000
const CONTEST_BYTES_MAX = RECORD_BYTES_MAX / 4
const NONE: readonly string[] = []
const NOT_KEPT = ' (too large to be kept here: see the record itself)'

export async function letterLeftover(records: RecordCodec, letter: DeadLetter): Promise<LogRecord> {
  return {
    topic: deadTopic(letter.cursor.topic),
    key: Buffer.from(deadLetterKey(letter)),
    value: await records.pack('deadLetter', light(letter)),
    timeMs: letter.timeMs,
  }
}

/** The letter is settled: nothing waits behind it any more. */
export function letterGone(letter: Pick<DeadLetter, 'connector' | 'cursor'>): LogRecord {
  return { topic: deadTopic(letter.cursor.topic), key: Buffer.from(deadLetterKey(letter)), value: null }
}

export async function conflictLeftover(records: RecordCodec, conflict: Conflict): Promise<LogRecord> {
  return {
    topic: CONFLICTS,
    key: Buffer.from(conflictKey(conflict)),
    value: await records.pack('conflict', conflict),
  }
}

export async function contestLeftover(records: RecordCodec, conflict: FieldConflict): Promise<LogRecord> {
  const value = await records.pack('contest', conflict)
  const kept = value.length < CONTEST_BYTES_MAX ? value : await records.pack('contest', bare(conflict))
  return { topic: CONFLICTS, key: Buffer.from(fieldConflictKey(conflict)), value: kept }
}

/** Without its versions: both sides still have theirs, or the log has the record that it came of. */
function bare(conflict: FieldConflict): FieldConflict {
  return { ...conflict, mysql: {}, dynamodb: {}, before: null, why: `${conflict.why}${NOT_KEPT}` }
}

/** A record that nearly fills its limit leaves no room for the letter around it: it then stays in its topic alone. */
function light(letter: DeadLetter): DeadLetter {
  const bytes = letter.key.length + (letter.value?.length ?? 0) + 4 * letter.reason.length
  if (bytes + LETTER_BYTES < RECORD_BYTES_MAX) return letter
  return { ...letter, value: null, reason: `${letter.reason.slice(0, REASON_LENGTH_MAX)}${NOT_KEPT}` }
}

/** Why it was rejected, itself or what followed from it; none when it was not. */
export function rejectionsOf(outcome: Outcome): readonly string[] {
  if (outcome.did !== 'rejected' && outcome.dependents === undefined) return NONE
  const own = outcome.did === 'rejected' ? [outcome.reason ?? 'the target gave no reason'] : []
  return [...own, ...(outcome.dependents ?? []).flatMap(rejectionsOf)]
}
