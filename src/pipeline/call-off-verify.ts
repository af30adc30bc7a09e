// When a verification is cancelled amid mending: what it has told before counts as differing, for nobody has seen what
// became of it.

import { addTallies, NO_TALLY } from '../core/run.ts'
import { type DifferencesPlace, differencesOf } from './differences.ts'
import { Findings } from './findings.ts'
import { readPlace } from './read-place.ts'
import type { RunEnd, RunWork } from './run-work.ts'
import { tallyRecord } from './tally-record.ts'
import { VerifyBookmark } from './verify-bookmark.ts'

export async function callOffVerify(place: DifferencesPlace, work: RunWork, state: RunEnd): Promise<void> {
  const { id: run } = work.order
  const { bookmark, rows } = work.progress
  if (state !== 'cancelled' || bookmark === null) return
  const { told, mending, ...rest } = readPlace(VerifyBookmark, bookmark, 'verification')
  if (mending.length === 0) return
  const findings = new Findings()
  findings.resume({ told, mending }, await differencesOf(place, run))
  let tally = await work.tally()
  for (const name of mending) {
    tally = addTallies(tally, { ...NO_TALLY, rejected: 1, writes: findings.close(name, false) })
  }
  // With the rows forgotten in the same append it is counted once, should it come again.
  const next = JSON.stringify({ ...rest, ...findings.place })
  const step = { bookmark: next, rows: rows + mending.length, rowsPerSecond: 0 }
  await work.step(step, async () => [await tallyRecord(place.records, { ...tally, run, part: 'verify' })])
}
