// The table of the scripted peer, followed from a bookmark on: what its source tells, batch by batch.

import { itemOf } from '../../../src/core/item.ts'
import { openDynamodbSource } from '../../../src/source/dynamodb/dynamodb-source.ts'
import type { SourceBatch } from '../../../src/source/source.ts'
import type { ScriptedStreams } from '../../support/scripted-streams.ts'

export interface FollowOptions {
  readonly from?: string | null
  /** Ends when so many changes were told; at the first batch when there are to be none. */
  readonly count: number
  readonly nowMs?: () => number
  /** Hears of each batch before the next is asked for. */
  readonly onBatch?: (batch: SourceBatch) => void | Promise<void>
}

export interface Followed {
  readonly values: readonly unknown[]
  readonly events: readonly { readonly id: unknown; readonly value: unknown; readonly position: string }[]
  /** Behind the last batch. */
  readonly bookmark: string
}

export async function follow(
  peer: ScriptedStreams,
  { from = null, count, nowMs, onBatch }: FollowOptions,
): Promise<Followed> {
  const place = { endpoint: peer.url, region: 'eu-central-1', tables: ['items'] }
  await using source = await openDynamodbSource({ ...place, ...(nowMs === undefined ? {} : { nowMs }) })
  const stop = new AbortController()
  const events: { id: unknown; value: unknown; position: string }[] = []
  let bookmark = from ?? ''
  for await (const batch of source.changes(from, stop.signal)) {
    for (const { key, after, position } of batch.events)
      events.push({ id: key.id, value: itemOf(after)?.value, position })
    bookmark = batch.bookmark
    await onBatch?.(batch)
    if (events.length >= count) break
  }
  stop.abort()
  return { events, values: events.map(({ value }) => value), bookmark }
}
