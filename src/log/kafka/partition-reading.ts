// Reads one partition from here to there: what is committed, waiting for transactions that are still open.

import { MillraceError } from '../../core/errors.ts'
import { type Cluster, ELECTION_PATIENCE_MS } from './cluster.ts'
import { type Committed, committedRecords } from './committed.ts'
import { type Fetched, fetchRequest, readFetched } from './fetch-protocol.ts'
import { CODE, expectNone, isLeaderMoving, refusal } from './kafka-error.ts'
import { Patience } from './patience.ts'
import { type Place, placeKey } from './place.ts'
import type { PlaceOffset } from './transaction-protocol.ts'

export interface Stretch extends Place {
  readonly from: number
  readonly to: number
}

const WAIT_MS = 100
const BYTES_MAX = { placeBytesMax: 1024 * 1024, bytesMax: 1024 * 1024 }

/** Longer than the cluster lets a transaction be open. */
const TRANSACTION_PATIENCE_MS = 60_000

export async function* readStretch(
  cluster: Cluster,
  stretch: Stretch,
  signal?: AbortSignal,
): AsyncGenerator<Committed, void, undefined> {
  const { topic, partition, to } = stretch
  let offset = stretch.from
  for (let patience = new Patience(TRANSACTION_PATIENCE_MS); offset < to && !signal?.aborted; ) {
    const fetched = await fetchPlace(cluster, { topic, partition, offset })
    const { records, next } = committedRecords(fetched, offset)
    if (next > offset) patience = new Patience(TRANSACTION_PATIENCE_MS)
    // Compaction may have taken away everything up to the end.
    else if (fetched.stableEnd >= to) return
    else await patience.pause(() => stillOpen(stretch))
    offset = next
    const within = next <= to ? records : records.filter((record) => record.offset < to)
    if (within.length > 0) yield { records: within, next }
  }
}

/** One fetch from the partition's leader, whoever that comes to be; it may wait for something to come. */
export async function fetchPlace(cluster: Cluster, from: PlaceOffset, waitMs = WAIT_MS): Promise<Fetched> {
  const doing = `read ${placeKey(from)} at ${from.offset}`
  for (const patience = new Patience(ELECTION_PATIENCE_MS); ; ) {
    const leader = (await cluster.topic(from.topic)).leaders[from.partition] ?? -1
    const fetched = leader < 0 ? null : await fetchFrom(cluster, { leader, waitMs }, from)
    const code = fetched?.code ?? CODE.LEADER_NOT_AVAILABLE
    if (fetched !== null && code === CODE.NONE) return fetched
    if (code === CODE.OFFSET_OUT_OF_RANGE) throw historyGone(from, fetched?.oldest ?? -1)
    if (!isLeaderMoving(code)) throw refusal(code, doing)
    cluster.forgetTopic(from.topic)
    await patience.pause(() => refusal(code, doing))
  }
}

async function fetchFrom(
  cluster: Cluster,
  { leader, waitMs }: { leader: number; waitMs: number },
  from: PlaceOffset,
): Promise<Fetched | null> {
  const request = fetchRequest([from], { waitMs, ...BYTES_MAX })
  const { code, places } = readFetched(await cluster.sendToNode(leader, request))
  expectNone(code, `read ${placeKey(from)}`)
  return places[0] ?? null
}

function stillOpen(place: Place): MillraceError {
  return new MillraceError('KAFKA_UNAVAILABLE', `a transaction stays open in ${placeKey(place)}`, {
    hint: 'Its writer is dead or the brokers lost its end: see the README, "Kafka of one broker".',
  })
}

export function historyGone(at: PlaceOffset, oldest: number): MillraceError {
  const kept = oldest < 0 ? '' : `; the oldest kept is ${oldest}`
  return new MillraceError('LOG_HISTORY_GONE', `${placeKey(at)} has no offset ${at.offset} any more${kept}`)
}
