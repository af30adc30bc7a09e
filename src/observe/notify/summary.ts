// A day, or more where one was missed, as people are told of it.

import type { Figures } from '../../core/figures.ts'
import type { Incident } from '../../core/incident.ts'
import type { SetAsideCategory } from '../../core/set-aside.ts'

export interface Summary {
  readonly id: string
  readonly fromMs: number
  readonly toMs: number
  readonly zone: string
  /** Of all processes that counted, how many these were. */
  readonly figures: Figures
  readonly processes: number
  readonly connectors: readonly ConnectorDay[]
  /** Each once, whichever connectors have found it. */
  readonly openConflicts: number
  /** Those that ended, by kind. */
  readonly runs: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** Those that people were told of, the oldest first. */
  readonly incidents: readonly Incident[]
}

export interface ConnectorDay {
  readonly name: string
  readonly isImport: boolean
  /** Null while the log does not answer. */
  readonly lagSeconds: number | null
  readonly deadLetters: number
  readonly openConflicts: number
  readonly openGaps: number
  /** All venues; null before they were. */
  readonly verifiedThroughMs: number | null
  readonly imported: ImportedDay
}

/** Rows of the imports that ended. */
export interface ImportedDay {
  readonly imports: number
  readonly inserted: number
  readonly updated: number
  readonly unchanged: number
  readonly deleted: number
  readonly rejected: number
  readonly setAside: ReadonlyMap<SetAsideCategory, number>
}
