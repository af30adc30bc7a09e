// A run: one bounded, resumable piece of work. What was asked for (the order) is written by whoever takes the request,
// how far it has come (the progress) by the one process that carries it out, and what became of its rows (tallies) by
// whoever delivers them, each under a key of its own: nobody ever overwrites what another one knows.

export const RUN_KINDS = [
  'backfill',
  'replay',
  'sync',
  'retry',
  'verify',
  'repair',
  'resolve',
  'import',
  'rollback',
] as const
export type RunKind = (typeof RUN_KINDS)[number]

export type RunState = 'queued' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled'

/** Null: no limit. */
export interface Limits {
  readonly rowsPerSecond: number | null
  readonly writeUnitsPerSecond: number | null
  /** Of the time, how much may be spent on reading from the source: above 0, up to 1. */
  readonly sourceShare: number | null
}

export const NO_LIMITS: Limits = { rowsPerSecond: null, writeUnitsPerSecond: null, sourceShare: null }

export interface Order {
  readonly id: string
  readonly kind: RunKind
  readonly connector: string
  /** What it is about, as JSON; the kind says how to read it. */
  readonly scope: string
  readonly limits: Limits
  readonly wanted: 'running' | 'paused' | 'cancelled'
  /** Grows when a run that ended is to go on. */
  readonly attempt: number
  /** Who asked. */
  readonly by: string
  readonly orderedAtMs: number
}

export interface RunFault {
  readonly code: string
  readonly message: string
  readonly hint: string
}

export interface Progress {
  readonly id: string
  readonly state: RunState
  /** The attempt it is about. */
  readonly attempt: number
  /** Where it resumes; only its kind reads it. Null before it has begun. */
  readonly bookmark: string | null
  /** Rows read so far, and how many there will be, where somebody knows. */
  readonly rows: number
  readonly rowsExpected: number | null
  /** Of late. */
  readonly rowsPerSecond: number
  readonly startedAtMs: number
  readonly updatedAtMs: number
  readonly endedAtMs: number | null
  readonly fault: RunFault | null
}

/** What became of rows, each counted once. `ignored`: the connector makes nothing of them. */
export interface Tally {
  readonly applied: number
  readonly stale: number
  readonly exists: number
  readonly rejected: number
  readonly ignored: number
  /** The same for single writes: `create applied`, `identify made`, ...; and `units`, about what they cost. */
  readonly writes: Readonly<Record<string, number>>
}

/** What one reader of one partition has done for a run so far. */
export interface PartTally extends Tally {
  readonly run: string
  /** Names the part: the partition, or whatever else is worked on in one place at a time. */
  readonly part: string
}

export const NO_TALLY: Tally = { applied: 0, stale: 0, exists: 0, rejected: 0, ignored: 0, writes: {} }

export function addTallies(one: Tally, other: Tally): Tally {
  const writes = { ...one.writes }
  for (const [name, count] of Object.entries(other.writes)) writes[name] = (writes[name] ?? 0) + count
  return {
    applied: one.applied + other.applied,
    stale: one.stale + other.stale,
    exists: one.exists + other.exists,
    rejected: one.rejected + other.rejected,
    ignored: one.ignored + other.ignored,
    writes,
  }
}

export function rowsOf({ applied, stale, exists, rejected, ignored }: Tally): number {
  return applied + stale + exists + rejected + ignored
}

/** About so many write units each row has cost so far. */
export function unitsPerRow(tally: Tally): number {
  const rows = rowsOf(tally)
  return rows === 0 ? 1 : Math.max(1, (tally.writes.units ?? 0) / rows)
}

/** What copied rows carry: which run copied them, and the connector they are for. Others pass them by. */
export interface RunTag {
  readonly connector: string
  readonly run: string
  /** Whoever delivers them counts for each venue too. */
  readonly isByVenue: boolean
}

export function runTag({ id, connector, kind }: Pick<Order, 'id' | 'connector' | 'kind'>): string {
  return kind === 'sync' ? `${connector}/${id}/${BY_VENUE}` : `${connector}/${id}`
}

export function readRunTag(tag: string): RunTag {
  const [connector = '', run = '', how] = tag.split('/')
  return { connector, run, isByVenue: how === BY_VENUE }
}

const BY_VENUE = 'venues'

/** Keys in the topic of runs. */
export const orderKey = (id: string): string => `${id} order`
export const progressKey = (id: string): string => `${id} progress`
export const tallyKey = ({ run, part }: Pick<PartTally, 'run' | 'part'>): string => `${run} tally ${part}`
