// Verifications as people see them.

import type { FieldDifference, RowDifference } from '../core/difference.ts'
import type { Verified } from '../core/verified.ts'
import { type ComparedCounts, readCompared } from '../pipeline/compared-counts.ts'
import { DIFFERENCES_MAX, type DifferencesPage, pageOfDifferences } from '../pipeline/differences.ts'
import type { Run } from '../pipeline/run-book.ts'
import { type RunView, viewOf } from './run-view.ts'

export interface VerifiedView {
  readonly connector: string
  /** Null: all venues. */
  readonly venue: string | null
  /** Venues that it is not said of. */
  readonly except: readonly string[]
  readonly verified_through: string
  readonly run: string
}

export interface DifferenceView {
  readonly is: string
  readonly venue: string | null
  readonly source_table: string
  readonly row: unknown
  readonly table: string
  readonly key: readonly string[]
  readonly fields: readonly FieldDifference[]
  readonly why: string
  readonly mended: boolean
  readonly found_at: string
}

export interface VerificationView extends RunView {
  readonly found: {
    readonly equal: number
    readonly differing: number
    readonly mended: number
    readonly unsettled: number
    readonly ignored: number
    readonly fields: number
    readonly missing: number
  }
  readonly compared: ComparedCounts
  readonly differences: readonly DifferenceView[]
  /** On record; of one row there may be several. */
  readonly differences_total: number
  /** The record has room for no more: what was found beyond is only counted. */
  readonly is_record_full: boolean
  /** What to ask for as `after` to read on; null at the last. */
  readonly next: string | null
}

export function verifiedView({ connector, venue, except, throughMs, run }: Verified): VerifiedView {
  return { connector, venue, except, verified_through: new Date(throughMs).toISOString(), run }
}

/** Of all that are on record, as many as the page has. */
export function verificationView(
  run: Run,
  differences: readonly RowDifference[],
  asked: DifferencesPage = { limit: DIFFERENCES_MAX },
): VerificationView {
  const page = pageOfDifferences(differences, asked)
  const { exists, rejected, applied, stale, ignored, writes } = run.tally
  const [fields, missing] = [writes['fields differing'] ?? 0, writes['items missing'] ?? 0]
  return {
    ...viewOf(run),
    found: { equal: exists, differing: rejected, mended: applied, unsettled: stale, ignored, fields, missing },
    compared: readCompared(writes),
    differences: page.differences.map(differenceView),
    differences_total: differences.length,
    is_record_full: differences.length >= DIFFERENCES_MAX,
    next: page.next,
  }
}

function differenceView({ sourceTable, row, isMended, foundAtMs, ...rest }: RowDifference): DifferenceView {
  const { is, venue, table, key, fields, why } = rest
  return {
    ...{ is, venue, source_table: sourceTable, row: JSON.parse(row), table, key, fields, why, mended: isMended },
    found_at: new Date(foundAtMs).toISOString(),
  }
}
