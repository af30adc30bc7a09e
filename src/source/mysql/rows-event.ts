// What a row event says before its rows: what it does, and whether it holds everything. Each refusal names the setting
// behind it, whatever session it was made in.

import type { Op } from '../../core/event.ts'
import { type BinlogEvent, EVENT } from './binlog-event.ts'
import { inflate } from './compressed.ts'
import type { TableLayout } from './layout.ts'
import { unreadable } from './unreadable.ts'

const ID_AND_FLAGS_BYTES = 8

/** The compressed kinds of MariaDB, and what they are once unpacked. */
const UNPACKED: Readonly<Record<number, number>> = {
  166: EVENT.writeRowsV1,
  167: EVENT.updateRowsV1,
  168: EVENT.deleteRowsV1,
  169: EVENT.writeRows,
  170: EVENT.updateRows,
  171: EVENT.deleteRows,
}

export interface RowsEvent {
  readonly op: Op
  readonly type: number
  readonly body: Buffer
}

export function isRowsEvent(type: number): boolean {
  return (
    (type >= EVENT.writeRows && type <= EVENT.deleteRows) ||
    (type >= EVENT.writeRowsV1 && type <= EVENT.deleteRowsV1) ||
    type in UNPACKED ||
    type === EVENT.partialUpdateRows
  )
}

export function readRowsEvent(event: BinlogEvent, layout: TableLayout): RowsEvent {
  const packedType = event.type
  const type = UNPACKED[packedType] ?? packedType
  const table = `${layout.database}.${layout.table}`
  if (type === EVENT.partialUpdateRows) {
    throw unreadable(
      `An update of ${table} holds only parts of its JSON values.`,
      "Run SET PERSIST binlog_row_value_options = '' and restart the sessions that write",
    )
  }
  const rowsAt = behindColumns(event, type)
  if (rowsAt === null) {
    throw unreadable(
      `A change of ${table} holds only some of the columns.`,
      'Run SET GLOBAL binlog_row_image = FULL and restart the sessions that write',
    )
  }
  return { op: opOf(type), type, body: type === packedType ? event.body : unpacked(event, rowsAt) }
}

function unpacked({ buffer, start, end }: BinlogEvent, rowsAt: number): Buffer {
  return Buffer.concat([buffer.subarray(start, rowsAt), inflate(buffer.subarray(rowsAt, end))])
}

function opOf(type: number): Op {
  switch (type) {
    case EVENT.writeRows:
    case EVENT.writeRowsV1:
      return 'insert'
    case EVENT.updateRows:
    case EVENT.updateRowsV1:
      return 'update'
    default:
      return 'delete'
  }
}

/** Where the rows begin; null when one of the bits that say which columns there are (two sets in an update) is off. */
function behindColumns({ buffer, start }: BinlogEvent, type: number): number | null {
  let at = start + ID_AND_FLAGS_BYTES
  if (type >= EVENT.writeRows) at += buffer.readUInt16LE(at)
  const first = buffer[at] ?? 0
  const count = first < 251 ? first : buffer.readUInt16LE(at + 1)
  at += first < 251 ? 1 : 3
  const images = type === EVENT.updateRows || type === EVENT.updateRowsV1 ? 2 : 1
  for (let image = 0; image < images; image++) {
    for (let left = count; left > 0; left -= 8) {
      const all = left >= 8 ? 0xff : (1 << left) - 1
      if (((buffer[at++] ?? 0) & all) !== all) return null
    }
  }
  return at
}
