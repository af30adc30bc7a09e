// The port of what imports leave behind in the target itself, for people and programs that look there: which runs there
// were, which rows were set aside, and how far each table has come. Every entry may be written again.

import type { CheckResult } from '../core/integrity.ts'
import type { RunFault, RunState } from '../core/run.ts'
import type { SetAsideCategory } from '../core/set-aside.ts'

export interface ImportEntry {
  readonly id: string
  readonly connector: string
  /** What it was brought from: a kind, and a file or an address. */
  readonly sourceType: string
  readonly source: string
  readonly tables: readonly string[]
  readonly state: RunState
  readonly by: string
  readonly orderedAtMs: number
  readonly startedAtMs: number | null
  readonly endedAtMs: number | null
  readonly rows: number
  readonly counts: ImportCounts
  readonly fault: RunFault | null
  /** Of one that is done. */
  readonly integrity: readonly CheckResult[] | null
}

export interface ImportCounts {
  readonly inserted: number
  readonly updated: number
  readonly unchanged: number
  readonly deleted: number
  readonly stale: number
  readonly rejected: number
}

/** A row that did not arrive. */
export interface SetAside {
  /** Of its dead letter. */
  readonly id: string
  readonly run: string
  readonly table: string
  /** Which row of its source it is. */
  readonly place: number | null
  readonly category: SetAsideCategory
  /** Another try may end otherwise although the row stays the same. */
  readonly isRetryable: boolean
  readonly reason: string
  readonly said: string | null
  readonly diedAtMs: number
}

/** How far a table has come. */
export interface TableReached {
  readonly connector: string
  readonly table: string
  readonly run: string
  readonly atMs: number
  /** Of the source, where it has versions. */
  readonly version: string | null
  readonly records: number
  readonly tookMs: number
}

export interface RolledBack {
  readonly run: string
  /** The run that took it back. */
  readonly by: string
  readonly who: string
  readonly why: string
  readonly atMs: number
}

export interface ImportLedger {
  write(entry: ImportEntry): Promise<void>
  setAside(rows: readonly SetAside[]): Promise<void>
  /** The run was taken back by another one; its tables have come as far as the runs before it brought them. */
  rolledBack(by: RolledBack): Promise<void>
  /** Unless a newer run has written it. */
  reached(tables: readonly TableReached[]): Promise<void>
  close(): Promise<void>
}
