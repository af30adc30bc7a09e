// How many records a stretch of a partition holds. Its offsets also number what is none: transaction markers and what
// was aborted. So a short stretch is counted, and a long one is judged by how dense its beginning is. What an open
// transaction has written counts by its offsets: it may be committed any moment.

import type { Cluster } from './cluster.ts'
import { committedRecords } from './committed.ts'
import { fetchPlace, type Stretch } from './partition-reading.ts'

export async function remainingRecords(cluster: Cluster, stretch: Stretch): Promise<number> {
  const { topic, partition, from, to } = stretch
  if (from >= to) return 0
  const fetched = await fetchPlace(cluster, { topic, partition, offset: from }, 0)
  const { records, next } = committedRecords(fetched, from)
  const decidedEnd = Math.min(fetched.stableEnd, to)
  const counted = records.filter((record) => record.offset < decidedEnd).length
  const isWhole = next >= decidedEnd || next === from
  const decided = isWhole ? counted : Math.max(1, Math.round((counted / (next - from)) * (decidedEnd - from)))
  return decided + Math.max(0, to - Math.max(decidedEnd, from))
}
