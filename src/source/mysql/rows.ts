// Row events to row images: each row is taken from the binary log's bytes straight to the image's, column by column,
// and never becomes an object in between.

import type { MillraceError } from '../../core/errors.ts'
import type { ChangeParts } from '../../core/event.ts'
import { RowImage } from '../../core/image.ts'
import { ImageWriter } from '../image-writer.ts'
import { EVENT } from './binlog-event.ts'
import { ByteReader } from './byte-reader.ts'
import type { TableLayout } from './layout.ts'
import { unreadable } from './unreadable.ts'

export interface DecodedRow extends Pick<ChangeParts, 'keyImage' | 'beforeImage' | 'afterImage' | 'fault'> {
  /** The key an update took the row away from; null where the row kept its key. */
  readonly leftKey: RowImage | null
}

export interface RowsBody {
  /** Behind the event's header, without the checksum. */
  readonly body: Buffer
  readonly type: number
}

const ID_AND_FLAGS_BYTES = 8
const IS_NULL = 0
const IS_VALUE = 2

const writer = new ImageWriter()

/** The key is that of the row after the change, of a deleted row that of the row before. */
export function decodeRows(layout: TableLayout, event: RowsBody, each: (row: DecodedRow) => void): void {
  try {
    decode(layout, event, each)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw broken(layout, 'an event does not hold what it should', cause)
  }
}

function decode(layout: TableLayout, { body, type }: RowsBody, each: (row: DecodedRow) => void): void {
  const from = new ByteReader(body, ID_AND_FLAGS_BYTES)
  if (type >= EVENT.writeRows) from.at += body.readUInt16LE(from.at)
  const hasBefore = type !== EVENT.writeRows && type !== EVENT.writeRowsV1
  const hasAfter = type !== EVENT.deleteRows && type !== EVENT.deleteRowsV1
  const count = from.packed()
  if (count !== layout.columns.length) throw broken(layout, `an event has ${count} columns`)
  requireAllColumns(layout, from)
  if (hasBefore && hasAfter) requireAllColumns(layout, from)
  const { shape, keyShape, keyBounds } = layout
  while (from.at < body.length) {
    const before = hasBefore ? readImage(layout, from) : null
    const beforeFault = writer.fault
    const beforeKey = before === null ? null : keyBounds.cut(before, writer)
    const after = hasAfter ? readImage(layout, from) : null
    // A row that has been mended is fit to be delivered, whatever it held before.
    const fault = after === null ? beforeFault : writer.fault
    const key = after === null ? beforeKey : keyBounds.cut(after, writer)
    if (key === null) return
    each({
      keyImage: new RowImage(keyShape, key),
      leftKey: after !== null && hasLeft(layout, beforeKey, key) ? new RowImage(keyShape, beforeKey) : null,
      beforeImage: before === null ? null : new RowImage(shape, before),
      afterImage: after === null ? null : new RowImage(shape, after),
      fault,
    })
  }
}

/** Without a key every change makes another row; that is no reason to tell it as two. */
function hasLeft({ shape }: TableLayout, before: Buffer | null, after: Buffer): before is Buffer {
  return before !== null && shape.key.length > 0 && !before.equals(after)
}

function readImage(layout: TableLayout, from: ByteReader): Buffer {
  const { columns, keyBounds } = layout
  const { buffer } = from
  const nulls = from.at
  from.at += (columns.length + 7) >> 3
  writer.begin()
  for (let index = 0; index < columns.length; index++) {
    const column = columns[index]
    if (column === undefined) break
    const isNull = (buffer.readUInt8(nulls + (index >> 3)) & (1 << (index & 7))) !== 0
    const { keyIndex } = column
    if (keyIndex >= 0) {
      if (isNull) throw broken(layout, 'a key column is NULL')
      keyBounds.begin(keyIndex, writer)
      column.cell(from, writer)
      keyBounds.end(keyIndex, writer)
    } else if (column.isHidden) {
      const { length } = writer
      if (!isNull) column.cell(from, writer)
      writer.rewind(length)
    } else if (isNull) {
      writer.byte(IS_NULL)
    } else {
      writer.byte(IS_VALUE)
      column.cell(from, writer)
    }
  }
  return writer.end()
}

/** A bit per column says whether the rows hold it. */
function requireAllColumns(layout: TableLayout, from: ByteReader): void {
  for (let left = layout.columns.length; left > 0; left -= 8) {
    const all = left >= 8 ? 0xff : (1 << left) - 1
    if ((from.uint8() & all) !== all) {
      throw unreadable(
        `A change of ${layout.database}.${layout.table} holds only some of the columns.`,
        'Run SET GLOBAL binlog_row_image = FULL and restart the sessions that write',
      )
    }
  }
}

function broken({ database, table }: TableLayout, why: string, cause?: unknown): MillraceError {
  return unreadable(`Rows of ${database}.${table} cannot be read: ${why}.`, 'Run FLUSH BINARY LOGS', cause)
}
