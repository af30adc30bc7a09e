// Reads all streams of a source side by side, for as long as somebody asks for what comes next.

import { Reads } from './reads.ts'
import type { StreamRecord } from './stream-record.ts'
import type { TableStream } from './table-stream.ts'

export interface ShardRecords {
  readonly stream: TableStream
  readonly shard: string
  readonly records: readonly StreamRecord[]
}

export interface FollowOptions {
  readonly nowMs: () => number
  readonly signal: AbortSignal
}

const HEARTBEAT_MS = 2_000
const PAUSE_MS = 10

/**
 * What each round of reading brought; nothing, every few seconds, while there is nothing. The streams' bookmarks stand
 * behind it until the next is asked for.
 */
export async function* followStreams(
  streams: readonly TableStream[],
  { nowMs, signal }: FollowOptions,
): AsyncIterable<readonly ShardRecords[]> {
  const reads = new Reads(signal)
  let toldMs = nowMs()
  while (!signal.aborted) {
    await Promise.all(streams.map((stream) => stream.refresh(signal)))
    reads.begin(streams, nowMs())
    const untilMs = Math.min(toldMs + HEARTBEAT_MS, reads.dueMs(streams), ...streams.map(({ listMs }) => listMs))
    await within(Math.max(PAUSE_MS, untilMs - nowMs()), reads.arrival)
    if (signal.aborted) return
    const { brought, faults } = taken(reads)
    // The next pages are on their way while these are decoded and kept.
    reads.begin(streams, nowMs())
    if (brought.length > 0 || nowMs() - toldMs >= HEARTBEAT_MS) {
      yield brought
      toldMs = nowMs()
    }
    for (const { stream, error } of faults) throw await stream.explain(error)
  }
}

interface Fault {
  readonly stream: TableStream
  readonly error: Error
}

/** What was read of some shards is kept though another failed. */
function taken(reads: Reads): { brought: ShardRecords[]; faults: Fault[] } {
  const brought: ShardRecords[] = []
  const faults: Fault[] = []
  for (const { stream, reader, fetched } of reads.take()) {
    try {
      const records = stream.take(reader, fetched)
      if (records.length > 0) brought.push({ stream, shard: reader.shard, records })
    } catch (error) {
      faults.push({ stream, error: error as Error })
    }
  }
  return { brought, faults }
}

function within(ms: number, arrival: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  void arrival.then(resolve)
  return promise.finally(() => clearTimeout(timer))
}
