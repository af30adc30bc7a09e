// Where rows of an import are put: a table, and a connection that stands within a transaction.

import type { Session } from '../session.ts'
import type { TargetColumn, TargetShape } from '../target-column.ts'

export interface Putting {
  readonly session: Session
  readonly shape: TargetShape
  /** Those of the fields. */
  readonly columns: readonly TargetColumn[]
  readonly isMariadb: boolean
  readonly locks: boolean
  /** Which rows a run has met is noted: the others are swept when it ends. */
  readonly keepsSeen?: boolean
}
