// What is checked of tables when an import into them is done, and what came of it. A discrepancy is for people: the run stays
// done.

/** How many rows may be amiss: a number of them, or a share of those that were looked at. */
export type Tolerance = { readonly rows: number } | { readonly share: number }

/** A field that names a row of another table of the connector by its key. */
export interface Reference {
  readonly table: string
  /** How many may name a row that is not there; none when left out. */
  readonly missingMax?: Tolerance
}

export interface BusinessRule {
  readonly name: string
  /** A condition in SQL on columns of the table, which no row may meet. */
  readonly never: string
  /** How many may meet it; none when left out. */
  readonly breakingMax?: Tolerance
}

export type CheckKind = 'reference' | 'rule' | 'count' | 'sample'

export interface CheckResult {
  readonly check: CheckKind
  readonly table: string
  readonly name: string
  /** In rows, as the two that follow. */
  readonly expected: number
  /** Null where it could not be found out. */
  readonly found: number | null
  /** It is a discrepancy when they are farther apart. */
  readonly threshold: number
  readonly ok: boolean
  /** Why it could not be found out. */
  readonly why: string | null
}

/** All results of a run. */
export interface Integrity {
  readonly run: string
  readonly checks: readonly CheckResult[]
}

/** Its key in the topic of runs. */
export const integrityKey = (run: string): string => `${run} integrity`

export function toleratedRows(tolerance: Tolerance = { rows: 0 }, rows = 0): number {
  return 'rows' in tolerance ? tolerance.rows : Math.floor(tolerance.share * rows)
}
