// A record of a stream as a change event; null for what is nobody's change or our own.

import { CANARY, CANARY_KEY } from '../../core/canary.ts'
import { ChangeEvent, type Op } from '../../core/event.ts'
import { itemShape } from '../../core/item.ts'
import type { TableShape } from '../../core/table.ts'
import type { Item } from '../../dynamodb/attribute.ts'
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
  /** Otherwise the canary's items are nobody's change. */
  readonly hearsCanary: boolean
}

const OPS: Readonly<Record<string, Op>> = { INSERT: 'insert', MODIFY: 'update', REMOVE: 'delete' }

/** Tables have keys of many kinds: its changes are of one table, whose key is the name that the item goes by. */
const CANARY_SHAPE = itemShape(CANARY, [{ name: 'id', type: 'S' }])

export function streamEvent(record: StreamRecord, options: EventOptions): ChangeEvent | null {
  const { epoch, origin, shard, sinceMs } = options
  const { SequenceNumber: sequence = '0' } = record.dynamodb ?? {}
  const changedAtMs = createdMs(record) ?? Date.now()
  if (changedAtMs < sinceMs || !isForeign(record, options.shape.key)) return null
  const seen = seenAs(record, options)
  if (seen === null) return null
  const { shape, key, before, after } = seen
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

interface Seen {
  readonly shape: TableShape
  readonly key: Item
  readonly before: Item | undefined
  readonly after: Item | undefined
}

/** Null for a canary where none is listened to. */
function seenAs({ dynamodb = {} }: StreamRecord, { shape, hearsCanary }: EventOptions): Seen | null {
  const { Keys: key, OldImage: before, NewImage: after } = dynamodb
  if (key === undefined) return null
  const id = key[shape.key[0] ?? '']
  if (!id?.S?.startsWith(CANARY_KEY)) return { shape, key, before, after }
  const renamed = (item: Item | undefined) => item && { ...item, id }
  return hearsCanary ? { shape: CANARY_SHAPE, key: { id }, before: renamed(before), after: renamed(after) } : null
}
