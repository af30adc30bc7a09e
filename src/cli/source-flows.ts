// How the sources flow: each that is captured, and one for all that is imported.

import type { SourceFlow } from '../control/flow-view.ts'
import type { Side } from '../core/contested.ts'
import { stateOf } from '../pipeline/run-book.ts'
import { ageInSeconds, type FlowPlace, IMPORTS } from './flow-place.ts'
import type { PartStandings } from './part-standings.ts'
import { capturePart, RUNNING } from './parts.ts'

/** Of those that a connector follows. */
export function sourceFlows(place: FlowPlace, parts: PartStandings): readonly SourceFlow[] {
  const { sources, connectors } = place
  const followed = [...sources].filter(([side]) => connectors.some(({ source }) => source === side))
  const captured = followed.map(([side, name]) => sourceFlow(place, { side, name, parts }))
  const isImporting = connectors.some(({ source }) => source === IMPORTS)
  return isImporting ? [...captured, importFlow(place, parts)] : captured
}

interface Captured {
  readonly side: Side
  readonly name: string
  readonly parts: PartStandings
}

function sourceFlow(place: FlowPlace, { side, name, parts }: Captured): SourceFlow {
  const { rates, logRates, books, clock } = place
  const part = capturePart(side)
  const seenS = parts.isHere(part) ? rates.latest('captureSeen', { source: name }) : null
  const seenMs = seenS === null ? books.bookmarks.seenMs(name) : seenS * 1_000
  const topics = place.connectors.filter(({ source }) => source === side).flatMap(place.topicsOf)
  return {
    ...{ name, kind: side, state: parts.stateOf(part), error: parts.errorOf(part) },
    seen_at: seenMs === null ? null : new Date(seenMs).toISOString(),
    // The log tells of changes, not of signs of life: from elsewhere, silence cannot be told from rest.
    lag_seconds: seenS === null ? null : ageInSeconds(seenS * 1_000, clock.nowMs()),
    rows_per_second: parts.isAllHere(part, place.slicesOf[side])
      ? rates.perSecond('captureRows', { source: name })
      : logRates.appendedPerSecond(topics),
  }
}

function importFlow({ books }: FlowPlace, parts: PartStandings): SourceFlow {
  const imports = books.runs.standings().filter(({ order }) => order.kind === IMPORTS)
  const seenMs = imports.reduce((newest, { progress }) => Math.max(newest, progress?.updatedAtMs ?? 0), 0)
  const running = imports.filter((run) => stateOf(run) === 'running')
  return {
    ...{ name: IMPORTS, kind: IMPORTS, state: parts.stateOf(RUNNING), error: parts.errorOf(RUNNING) },
    ...{ seen_at: seenMs > 0 ? new Date(seenMs).toISOString() : null, lag_seconds: null },
    rows_per_second: running.reduce((sum, { progress }) => sum + (progress?.rowsPerSecond ?? 0), 0),
  }
}
