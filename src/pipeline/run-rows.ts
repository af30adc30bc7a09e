// Some rows of a run, read again from the log: from all over what it has brought into a topic.

import type { Cursor } from '../core/cursor.ts'
import { deadLetterKey } from '../core/dead-letter.ts'
import type { ChangeEvent } from '../core/event.ts'
import { readRunTag } from '../core/run.ts'
import type { EventCodec } from '../log/codec.ts'
import type { Log } from '../log/log.ts'
import type { RunWork } from './run-work.ts'

export interface RunRowsOptions {
  readonly log: Log
  readonly openCodec: () => Promise<EventCodec>
}

export interface RunRow {
  /** Of its dead letter, if it has one. */
  readonly id: string
  readonly event: ChangeEvent
}

/** Of a partition, at most. */
const PLACES = 10

/** Those that nothing was amiss with when they were read. */
export async function runRows(
  { log, openCodec }: RunRowsOptions,
  { order, signal }: RunWork,
  { topic, rowsMax }: { readonly topic: string; readonly rowsMax: number },
): Promise<readonly RunRow[]> {
  // Records have the time of their run's order, which grows from one to the next.
  const begins = await log.at(topic, new Date(order.orderedAtMs))
  const ends = await log.ends(topic)
  const codec = await openCodec()
  const rows: RunRow[] = []
  for (const from of begins) {
    const to = ends.find(({ partition }) => partition === from.partition)
    for (const [first, last] of to === undefined ? [] : placesIn(from, to, Math.ceil(rowsMax / begins.length))) {
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
function placesIn(from: Cursor, to: Cursor, rowsMax: number): readonly (readonly [Cursor, Cursor])[] {
  const length = to.offset - from.offset
  if (length <= rowsMax) return length > 0 ? [[from, to]] : []
  const places = Math.min(PLACES, rowsMax)
  const rows = Math.floor(rowsMax / places)
  return Array.from({ length: places }, (_, place) => {
    const offset = from.offset + Math.floor((place * (length - rows)) / Math.max(1, places - 1))
    return [
      { ...from, offset },
      { ...from, offset: offset + rows },
    ] as const
  })
}
