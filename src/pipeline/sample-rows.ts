// Some rows of an import, read again from the log and held against what the table has. They are taken from all over the run.

import type { Cursor } from '../core/cursor.ts'
import { deadLetterKey } from '../core/dead-letter.ts'
import type { ChangeEvent } from '../core/event.ts'
import { readRunTag } from '../core/run.ts'
import { tableTopic } from '../core/topic.ts'
import type { EventCodec } from '../log/codec.ts'
import type { Log } from '../log/log.ts'
import type { ImportChecks } from '../sink/import-checks.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { ReadyConnector } from './ready-connector.ts'
import type { RunWork } from './run-work.ts'
import { sampledWrites } from './sampled-writes.ts'

export interface SampleOptions {
  readonly log: Log
  readonly openCodec: () => Promise<EventCodec>
  readonly letters: (signal: AbortSignal) => Pick<DeadLetters, 'each'>
  readonly checks: ImportChecks
  readonly ready: ReadyConnector
}

interface Sampled {
  readonly id: string
  readonly event: ChangeEvent
}

const ROWS_MAX = 100
/** In so many places of a table's topic. */
const PLACES = 10

/** How many rows should be as they were read, and how many are; null where the log has none of this run. */
export async function sampleRows(options: SampleOptions, work: RunWork, table: string) {
  const { ready, checks } = options
  if (ready.connector.tables[table]?.lookups !== undefined) return null
  const topic = tableTopic(ready.connector, '', table)
  const sampled = await rowsOf(options, work, topic)
  const dead = await deadAmong(options, work, { topic, ids: sampled.map(({ id }) => id) })
  const writes = sampled.filter(({ id }) => !dead.has(id)).flatMap(({ event }) => sampledWrites(ready, event))
  if (writes.length === 0) return null
  const { id: run } = work.order
  const found = await work.retry(() => checks.compare({ run, writes }, work.signal))
  const held = found.filter((one) => one !== 'newer')
  return { expected: held.length, found: held.filter((one) => one === 'same').length, threshold: 0 }
}

async function rowsOf({ log, openCodec }: SampleOptions, { order, signal }: RunWork, topic: string) {
  // Records have the time of their run's order, which grows from one to the next.
  const begins = await log.at(topic, new Date(order.orderedAtMs))
  const ends = await log.ends(topic)
  const codec = await openCodec()
  const rows: Sampled[] = []
  for (const from of begins) {
    const to = ends.find(({ partition }) => partition === from.partition)
    for (const [first, last] of to === undefined ? [] : placesIn(from, to, begins.length)) {
      for await (const records of log.range(first, last, signal)) {
        for (const record of records) {
          const event = await codec.decode(record)
          const { run, fault } = event.parts
          if (run === null || readRunTag(run).run !== order.id || fault !== null) continue
          const id = deadLetterKey({ connector: order.connector, cursor: { ...from, offset: record.offset } })
          rows.push({ id, event })
        }
      }
    }
  }
  return rows
}

/** Stretches of a partition, as far apart from each other as they can be; all of it where that is not much. */
function placesIn(from: Cursor, to: Cursor, partitions: number): readonly (readonly [Cursor, Cursor])[] {
  const length = to.offset - from.offset
  const rowsMax = Math.ceil(ROWS_MAX / partitions)
  if (length <= rowsMax) return length > 0 ? [[from, to]] : []
  const places = Math.ceil(PLACES / partitions)
  const rows = Math.floor(rowsMax / places)
  return Array.from({ length: places }, (_, place) => {
    const offset = from.offset + Math.floor((place * (length - rows)) / Math.max(1, places - 1))
    return [
      { ...from, offset },
      { ...from, offset: offset + rows },
    ] as const
  })
}

/** Rows that did not arrive are told elsewhere. */
async function deadAmong(
  { letters }: SampleOptions,
  { order, signal }: RunWork,
  { topic, ids }: { readonly topic: string; readonly ids: readonly string[] },
): Promise<ReadonlySet<string>> {
  const dead = new Set<string>()
  if (ids.length === 0) return dead
  for await (const { letter } of letters(signal).each({ connector: order.connector, topics: [topic], ids })) {
    dead.add(deadLetterKey(letter))
  }
  return dead
}
