// When the process is ready: every part it runs is caught up, stands by for another process, or has moved within the last
// half minute. A process that merely lives is not ready; neither is one that keeps trying.

import type { State } from '../pipeline/state.ts'

/** What a part (capture, or one connector's deliver) says of itself. */
export interface PartReport {
  readonly part: string
  readonly state: State['is']
  /** When it last moved: appended a batch, heard the source's heartbeat, committed a cursor. Null before the first. */
  readonly movedAtMs: number | null
  /** How many partitions it delivers, or slices it reads; none while it stands by for others. Null for what has none, or before it knows. */
  readonly partitions: number | null
  /** Records still to be delivered; null for what has none (capture), or when nobody could tell. */
  readonly lagRecords: number | null
  readonly error: { readonly code: string; readonly message: string; readonly hint: string } | null
}

export interface Readiness {
  readonly ready: boolean
  /** One sentence for each thing that is in the way. */
  readonly why: readonly string[]
  readonly parts: readonly PartReport[]
}

export const PROGRESS_WITHIN_MS = 30_000

export function readiness(parts: readonly PartReport[], nowMs: number): Readiness {
  const why = parts.map((part) => obstacle(part, nowMs)).filter((one) => one !== null)
  if (parts.length === 0) why.push('nothing runs yet')
  return { ready: why.length === 0, why, parts }
}

function obstacle(part: PartReport, nowMs: number): string | null {
  const because = part.error === null ? '' : `: ${part.error.code}: ${part.error.message}`
  if (part.state === 'stopped' || part.state === 'ended') return `${part.part} has ${part.state}${because}`
  if (part.state === 'running' && (part.lagRecords === 0 || part.partitions === 0)) return null
  if (part.movedAtMs === null) return `${part.part} has not moved since it started${because}`
  const stillMs = nowMs - part.movedAtMs
  if (stillMs <= PROGRESS_WITHIN_MS) return null
  const behind = part.lagRecords === null ? '' : ` with ${part.lagRecords} records to go`
  return `${part.part} has not moved for ${Math.round(stillMs / 1000)} s${behind}${because}`
}
