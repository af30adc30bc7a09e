// Items that somebody put back to an older state: their author had read them before the sink wrote them.

import { itemOf } from '../../core/item.ts'
import { isSetBack } from '../../core/item-before.ts'
import type { TableShape } from '../../core/table.ts'
import type { ItemKey } from '../../core/write.ts'
import type { SetBack } from '../source.ts'
import { itemImage } from './item-image.ts'
import type { StreamRecord } from './stream-record.ts'

/** Null where no position went back, or was lost. */
export function setBack({ dynamodb }: StreamRecord, shape: TableShape): SetBack | null {
  const { OldImage: before, NewImage: after } = dynamodb ?? {}
  if (before === undefined || after === undefined) return null
  if (!isSetBack(before, after)) return null
  const { row } = itemImage(shape, after)
  const key = shape.key.map((name) => String(row[name])) as unknown as ItemKey
  return { table: shape.name, item: { key, fields: itemOf(row) ?? {} } }
}
