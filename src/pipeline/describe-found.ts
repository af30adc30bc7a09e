// What is put on record of rows that differ: where they are, what differs and why that is likely, and the records that
// would deliver them once more.

import type { RowDifference } from '../core/difference.ts'
import { changeTopic } from '../core/topic.ts'
import type { EventCodec, RecordCodec } from '../log/codec.ts'
import type { Log, LogRecord } from '../log/log.ts'
import type { Clock } from './clock.ts'
import type { GapTail } from './gap-tail.ts'
import { likelyCause } from './likely-cause.ts'
import { Parked } from './parked.ts'
import { type FoundRow, nameOf } from './settling.ts'

export interface DescribeOptions {
  readonly log: Log
  readonly records: RecordCodec
  readonly codec: EventCodec
  readonly clock: Clock
  readonly database: string
  readonly connector: string
  /** Of the source. */
  readonly gaps: GapTail
  readonly run: string
  readonly signal: AbortSignal
}

export interface Described {
  readonly differences: readonly RowDifference[]
  /** Schemas that the changes need, and the change of each row, in the order of the rows. */
  readonly schemas: readonly LogRecord[]
  readonly changes: readonly LogRecord[]
}

/** The schemas have to be appended, whatever becomes of the changes. */
export async function describeFound(options: DescribeOptions, found: readonly FoundRow[]): Promise<Described> {
  const { log, records, codec, clock, database, connector, gaps, run, signal } = options
  const encoded = await codec.encode(found.map(({ event }) => event))
  const schemas = encoded.slice(0, encoded.length - found.length)
  const changes = encoded.slice(schemas.length)
  const tables = new Set(found.map(({ event }) => event.table))
  const parked = new Map(
    [...tables].map((table) => [table, new Parked(changeTopic(database, table), { connector, log, records, signal })]),
  )
  await Promise.all([gaps, ...parked.values()].map((one) => one.refresh()))
  const known = gaps.all().map(([, gap]) => gap)
  const differences = found.flatMap((row, index) => {
    const sourceTable = row.event.table
    const behind = parked.get(sourceTable)?.behind(changes[index]?.key ?? new Uint8Array()) ?? null
    const common = { run, connector, sourceTable, row: nameOf(row.event), isMended: false, foundAtMs: clock.nowMs() }
    const about = { sourceTable, reason: row.reason, behind, isDelivered: row.isDelivered, gaps: known }
    if (row.reason !== null) {
      const why = likelyCause({ ...about, is: 'missing', position: null })
      return [{ ...common, venue: null, table: '', key: [], fields: [], is: 'missing' as const, why }]
    }
    return row.differences.map(({ venue, table, key, fields, position }): RowDifference => {
      const is = row.event.op === 'delete' ? 'left over' : fields === null ? 'missing' : 'differing'
      const why = likelyCause({ ...about, is, position })
      return { ...common, venue, table, key: key ?? [], fields: fields ?? [], is, why }
    })
  })
  return { differences, schemas, changes }
}
