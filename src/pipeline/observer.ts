// What moves data says of itself: facts, as they happen. Who logs and counts them stands outside.

import type { Cursor } from '../core/cursor.ts'
import type { MillraceError } from '../core/errors.ts'
import type { Verdict } from '../core/field-conflict.ts'
import type { Gap } from '../core/gap.ts'
import type { CheckResult } from '../core/integrity.ts'
import type { Position } from '../core/position.ts'
import type { RunKind } from '../core/run.ts'
import type { SetAsideCategory } from '../core/set-aside.ts'
import type { RunEnd } from './run-work.ts'
import type { Stage } from './stages.ts'
import type { State } from './state.ts'

/** One batch is durable in the log, or, without rows, the source gave a sign of life. */
export interface Appended {
  readonly source: string
  readonly rows: ReadonlyMap<string, number>
  readonly bytes: number
  readonly batches: number
  readonly position: Position
  readonly sourceTimeMs: number
  readonly appendMs: number
}

export interface Written {
  readonly table: string
  readonly did: string
}

/** A connector's share of its topics' partitions; without any it stands by for those who hold them. */
export interface Shared {
  readonly connector: string
  readonly partitions: number
}

/** One batch is applied and its cursor committed. */
export interface Delivered {
  readonly connector: string
  readonly next: Cursor
  readonly records: number
  readonly dead: number
  readonly clashes: number
  /** One for each group of fields that both sides had changed. */
  readonly verdicts: readonly Verdict[]
  readonly writes: readonly Written[]
  readonly stagesMs: Readonly<Record<Stage, number>>
  /** When the source made each of the changes. */
  readonly changedAtMs: readonly number[]
}

/** A run has met groups of fields that both sides had changed, and put them on record. */
export interface Disputed {
  readonly connector: string
  readonly verdicts: readonly Verdict[]
}

/** An import is done, and its tables were looked at. */
export interface Checked {
  readonly connector: string
  readonly run: string
  readonly checks: readonly CheckResult[]
}

/** A run has come to its end. */
export interface Ended {
  readonly connector: string
  readonly kind: RunKind
  readonly state: RunEnd
  readonly tookMs: number
}

/** What an import that ended has done, however it ended. */
export interface Imported {
  readonly connector: string
  readonly rows: readonly { readonly table: string; readonly did: string; readonly count: number }[]
  /** Rows that did not arrive, by category. */
  readonly setAside: ReadonlyMap<SetAsideCategory, number>
}

/** The canary was written into the source, or could not be. */
export interface Sent {
  readonly source: string
  readonly error: unknown
}

/** The canary has come the whole way, from a source into the target of a connector. */
export interface Arrived {
  readonly connector: string
  readonly changedAtMs: number
}

export interface LookedUp {
  readonly connector: string
  readonly from: 'memory' | 'shared' | 'source'
  readonly values: number
}

export interface Retrying {
  readonly part: string
  readonly error: MillraceError
  readonly attempts: number
  readonly delayMs: number
  /** Rises with the delay: a short interruption is not worth waking anybody. */
  readonly level: 'debug' | 'info' | 'warn' | 'error'
}

/** Whether this process carries runs out, or stands by for the one that does. */
export interface Led {
  readonly isLeading: boolean
  /** How many it carries out just now. */
  readonly runs: number
}

/** How many slices of a source this process reads; without any it stands by for those who read them. */
export interface Sliced {
  readonly source: string
  readonly slices: number
}

export interface Observer {
  appended(fact: Appended): void
  /** A stretch of the source's history is missing, and put on record; told again when that is tried again. */
  skipped(gap: Gap): void
  shared(fact: Shared): void
  delivered(fact: Delivered): void
  disputed(fact: Disputed): void
  checked(fact: Checked): void
  ended(fact: Ended): void
  imported(fact: Imported): void
  sent(fact: Sent): void
  arrived(fact: Arrived): void
  lookedUp(fact: LookedUp): void
  led(fact: Led): void
  sliced(fact: Sliced): void
  retrying(fact: Retrying): void
  /** A part is now in this state. */
  entered(part: string, state: State): void
}
