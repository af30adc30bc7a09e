// The prototype's Avro: a key and an envelope of the one table it knows, encoded by avsc from row objects.

import type { BinlogEvent, RowData } from '@vlasky/zongji'
import avsc from 'avsc'

const KEY = avsc.Type.forSchema({ type: 'record', name: 'Key', fields: [{ name: 'idcomment', type: 'long' }] })

const ROW = {
  type: 'record',
  name: 'Row',
  fields: [
    { name: 'idcomment', type: 'long' },
    { name: 'iddatasession', type: 'long' },
    { name: 'comment', type: 'string' },
    { name: 'rating', type: 'int' },
    { name: 'date_entered', type: 'long' },
    { name: 'date_replied', type: ['null', 'long'] },
    { name: 'reply', type: ['null', 'string'] },
  ],
} as const

const ENVELOPE = avsc.Type.forSchema({
  type: 'record',
  name: 'Envelope',
  fields: [
    { name: 'before', type: ['null', ROW] },
    { name: 'after', type: ['null', 'Row'] },
    {
      name: 'source',
      type: {
        type: 'record',
        name: 'Source',
        fields: [
          { name: 'ts_ms', type: 'long' },
          { name: 'pos', type: 'long' },
          { name: 'gtid', type: ['null', 'string'] },
        ],
      },
    },
    { name: 'op', type: 'string' },
    { name: 'ts_ms', type: 'long' },
  ],
} as unknown as avsc.Schema)

/** As a registry would have it: a zero, the schema's id, the body. */
const HEADER_BYTES = 5
const IDS = { key: 1, value: 2 }

export function encodeKey({ idcomment }: RowData): Buffer {
  return framed(IDS.key, KEY.toBuffer({ idcomment }))
}

export function encodeValue(row: RowData, event: BinlogEvent): Buffer {
  const source = { ts_ms: event.timestamp, pos: event.nextPosition, gtid: event.gtid ?? null }
  const dates = { date_entered: Number(row.date_entered), date_replied: moment(row.date_replied) }
  const envelope = { before: null, after: { ...row, ...dates }, source, op: 'c', ts_ms: Date.now() }
  return framed(IDS.value, ENVELOPE.toBuffer(envelope))
}

function moment(value: unknown): number | null {
  return value === null ? null : Number(value)
}

function framed(id: number, body: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + body.length)
  bytes[0] = 0
  bytes.writeUInt32BE(id, 1)
  body.copy(bytes, HEADER_BYTES)
  return bytes
}
