// The port between facts and the log's bytes. Capture encodes, deliver decodes; neither knows the format.

import type { AuditEntry } from '../core/audit-entry.ts'
import type { Conflict } from '../core/conflict.ts'
import type { DeadLetter, DroppedLetter } from '../core/dead-letter.ts'
import type { RowDifference } from '../core/difference.ts'
import type { ChangeEvent } from '../core/event.ts'
import type { FieldConflict } from '../core/field-conflict.ts'
import type { DayFigures } from '../core/figures.ts'
import type { Gap, GapRepair } from '../core/gap.ts'
import type { Incident } from '../core/incident.ts'
import type { Integrity } from '../core/integrity.ts'
import type { Position } from '../core/position.ts'
import type { Order, PartTally, Progress } from '../core/run.ts'
import type { Standing } from '../core/standing.ts'
import type { VenueSync } from '../core/sync.ts'
import type { Told } from '../core/told.ts'
import type { Verified } from '../core/verified.ts'
import type { LogRecord, StoredRecord } from './log.ts'

/** Who encodes: each of the two is one writer of the log at a time, and they may admit schemas side by side. */
export type SchemaWriter = 'capture' | 'runs'

export type Encoded = Pick<StoredRecord, 'topic' | 'key' | 'value'>

export interface EventCodec {
  /**
   * The records to append for these events, in order, preceded by the records of schemas the log does not hold yet: all
   * of one atomic append. Throws SCHEMA_INCOMPATIBLE when a table changed in a way that readers of its topic cannot
   * follow, before anything is lost. What it returned counts as appended: after a failed append open a new codec.
   */
  encode(events: readonly ChangeEvent[]): Promise<readonly LogRecord[]>

  /** The event of a record; rows are decoded when somebody asks. Throws RECORD_UNREADABLE for bytes that are not one. */
  decode(record: Encoded): Promise<ChangeEvent>

  /** The same at once; null where nobody has looked for its schema yet. */
  decodeKnown(record: Encoded): ChangeEvent | null
}

/** Where a source stood when everything before was durable. */
export interface BookmarkEntry {
  readonly source: string
  readonly bookmark: string
  readonly position: Position
  readonly sourceTimeMs: number
}

/** What millrace keeps in topics of its own. */
export interface OwnRecords {
  readonly audit: AuditEntry
  readonly bookmark: BookmarkEntry
  readonly deadLetter: DeadLetter
  readonly difference: RowDifference
  readonly dropped: DroppedLetter
  readonly conflict: Conflict
  readonly contest: FieldConflict
  readonly figures: DayFigures
  readonly gap: Gap
  readonly gapRepair: GapRepair
  readonly incident: Incident
  readonly integrity: Integrity
  readonly order: Order
  readonly progress: Progress
  readonly standing: Standing
  readonly tally: PartTally
  readonly told: Told
  readonly venueSync: VenueSync
  readonly verified: Verified
}

export interface RecordCodec {
  pack<Kind extends keyof OwnRecords>(kind: Kind, record: OwnRecords[Kind]): Promise<Uint8Array>
  /** Throws RECORD_UNREADABLE for bytes that are not such a record. */
  unpack<Kind extends keyof OwnRecords>(kind: Kind, bytes: Uint8Array): Promise<OwnRecords[Kind]>
}
