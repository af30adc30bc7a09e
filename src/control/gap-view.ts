// A gap as people see it: over HTTP, in the console and on the command line.

import type { GapStanding, KnownGap } from '../pipeline/gap-book.ts'

export interface GapView {
  readonly id: string
  readonly source: string
  readonly tables: readonly string[]
  /** Null where anything before may be concerned. */
  readonly from: string | null
  readonly to: string
  readonly from_bookmark: string | null
  readonly to_bookmark: string
  readonly reason: string
  /** Those that read a table of it. */
  readonly connectors: readonly StandingView[]
}

interface StandingView {
  readonly connector: string
  readonly tables: readonly string[]
  readonly state: 'open' | 'repaired'
  readonly run: string | null
  readonly repaired_at: string | null
}

export function gapView({ id, gap, standings }: KnownGap): GapView {
  const { source, tables, reason, fromMs, toMs } = gap
  return {
    ...{ id, source, tables },
    from: fromMs === null ? null : new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    ...{ from_bookmark: gap.fromBookmark, to_bookmark: gap.toBookmark, reason },
    connectors: standings.map(standingView),
  }
}

function standingView({ connector, tables, repair }: GapStanding): StandingView {
  return {
    ...{ connector, tables, state: repair === null ? 'open' : 'repaired', run: repair?.run ?? null },
    repaired_at: repair === null ? null : new Date(repair.repairedAtMs).toISOString(),
  }
}
