// Builds change events out of plain rows, for tests of what stands behind the log.

import { ChangeEvent, type Op } from '../../src/core/event.ts'
import { encodeRow, RowImage } from '../../src/core/image.ts'
import { type PositionPart, position } from '../../src/core/position.ts'
import type { Kind, TableShape } from '../../src/core/table.ts'
import type { Row } from '../../src/core/value.ts'

export interface Change {
  readonly shape: TableShape
  readonly op: Op
  readonly before?: Row
  readonly after?: Row
  readonly at?: number
  readonly fault?: string
}

export function tableShape(name: string, columns: Readonly<Record<string, Kind>>, key: readonly string[]): TableShape {
  const list = Object.entries(columns).map(([column, kind]) => ({ name: column, kind, type: kind }))
  return { database: 'app', name, columns: list, key }
}

export function changeEvent({ shape, op, before, after, at = 1, fault }: Change): ChangeEvent {
  const row = after ?? before ?? {}
  const keyed = shape.columns.filter(({ name }) => shape.key.includes(name))
  const keyShape = { ...shape, columns: keyed }
  const part: PositionPart = { value: at, digits: 28 }
  return new ChangeEvent({
    shape,
    op,
    keyImage: new RowImage(keyShape, encodeRow(keyShape, row)),
    beforeImage: before === undefined ? null : new RowImage(shape, encodeRow(shape, before)),
    afterImage: after === undefined ? null : new RowImage(shape, encodeRow(shape, after)),
    position: position(1, [part]),
    changedAtMs: Date.UTC(2025, 10, 28, 14, 30) + at,
    origin: 'test',
    whereabouts: { gtid: null, file: 'binlog.000001', offset: at, row: 0, serverId: 1 },
    run: null,
    fault: fault ?? null,
  })
}
