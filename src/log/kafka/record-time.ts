// The time a record carries in Kafka: when the source made the change, brought near to now where Kafka would make too much
// of it. Brokers refuse what lies an hour ahead, and they keep records by this time, not by when they were appended: what
// was captured or copied long after it was made would be thrown away before it is delivered.

const AHEAD_MS_MAX = 30 * 60_000

/** Topics keep records for so much longer than asked. */
export const BEHIND_MS_MAX = 24 * 3_600_000

export function recordTime(timeMs: number | undefined, nowMs: number): number {
  if (timeMs === undefined) return nowMs
  return Math.max(nowMs - BEHIND_MS_MAX, Math.min(timeMs, nowMs + AHEAD_MS_MAX))
}
