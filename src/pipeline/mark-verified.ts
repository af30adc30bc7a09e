// When a verification is done: marks the venues that agree.

import { RUNS } from '../core/topic.ts'
import type { Verified } from '../core/verified.ts'
import { verifiedKey } from '../core/verified.ts'
import { DIFFERENCES_MAX, type DifferencesPlace, differencesOf } from './differences.ts'
import type { RunEnd, RunWork } from './run-work.ts'
import { verifyScope } from './verify-scope.ts'

/** Only a verification of all rows says anything; of all venues, those that differ are left out. */
export async function markVerified(place: DifferencesPlace, work: RunWork, state: RunEnd): Promise<void> {
  const { order, progress } = work
  const { venue, isWhole } = verifyScope(order)
  if (state !== 'done' || !isWhole) return
  const { rejected, stale } = await work.tally()
  if (stale > 0) return
  const found = await differencesOf(place, order.id)
  const open = found.filter(({ isMended }) => !isMended)
  const venues = [...new Set(open.map((one) => one.venue))].filter((one) => one !== null)
  const isOfVenues = open.length < DIFFERENCES_MAX && open.every((one) => one.venue !== null)
  if (rejected > 0 && (venue !== null || !isOfVenues)) return
  const verified: Verified = {
    ...{ connector: order.connector, venue, except: venues.toSorted(), run: order.id },
    throughMs: progress.startedAtMs,
  }
  await work.note(async () => [
    { topic: RUNS, key: Buffer.from(verifiedKey(verified)), value: await place.records.pack('verified', verified) },
  ])
}

/** Up to when the venue is known to agree, and by which verification; null when by none. */
export function verifiedThrough(marks: readonly Verified[], venue: string): Verified | null {
  const ofVenue = marks.filter((mark) => mark.venue === venue || (mark.venue === null && !mark.except.includes(venue)))
  return ofVenue.toSorted((one, other) => other.throughMs - one.throughMs)[0] ?? null
}
