// A record of a stream as a change event; null for what is nobody's change or our own.

import { ChangeEvent, type Op } from '../../core/event.ts'
import type { TableShape } from '../../core/table.ts'
import { isForeign } from './is-foreign.ts'
import { itemImage, keyImage } from './item-image.ts'
import { itemPosition } from './item-position.ts'
import { createdMs, type StreamRecord } from './stream-record.ts'

export interface EventOptions {
  readonly shape: TableShape
  readonly epoch: number
  readonly origin: string
  readonly shard: string
  /** What was changed before is left out. */
  readonly sinceMs: number
}

const OPS: Readonly<Record<string, Op>> = { INSERT: 'insert', MODIFY: 'update', REMOVE: 'delete' }

export function streamEvent(record: StreamRecord, options: EventOptions): ChangeEvent | null {
  const { shape, epoch, origin, shard, sinceMs } = options
  const { Keys: key, OldImage: before, NewImage: after, SequenceNumber: sequence = '0' } = record.dynamodb ?? {}
  const changedAtMs = createdMs(record) ?? Date.now()
  if (key === undefined || changedAtMs < sinceMs || !isForeign(record, shape.key)) return null
  return new ChangeEvent({
    shape,
    op: OPS[record.eventName ?? ''] ?? 'update',
    keyImage: keyImage(shape, key),
    beforeImage: before === undefined ? null : itemImage(shape, before),
    afterImage: after === undefined ? null : itemImage(shape, after),
    position: itemPosition(epoch, sequence),
    changedAtMs,
    origin,
    whereabouts: { gtid: null, file: shard, offset: 0, row: 0, serverId: 0 },
    run: null,
    fault: null,
  })
}
