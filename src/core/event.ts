// One row's change. Rows are decoded when a connector asks for them: capture itself needs only bytes and position.

import type { RowImage } from './image.ts'
import type { Position } from './position.ts'
import type { TableShape } from './table.ts'
import type { Row } from './value.ts'

export type Op = 'insert' | 'update' | 'delete' | 'read'

/** Where in the source a change was found; for people and for tools that read the topics, never compared by sinks. */
export interface Whereabouts {
  readonly gtid: string | null
  readonly file: string
  readonly offset: number
  /** How many rows of the same source event came before this one. */
  readonly row: number
  readonly serverId: number
}

export interface ChangeParts {
  readonly shape: TableShape
  readonly op: Op
  /** The primary key alone, in key order; the whole row when the table has no primary key. */
  readonly keyImage: RowImage
  readonly beforeImage: RowImage | null
  readonly afterImage: RowImage | null
  readonly position: Position
  /** The source's clock, in milliseconds since 1970. */
  readonly changedAtMs: number
  readonly origin: string
  readonly whereabouts: Whereabouts
  /** The backfill that copied it. */
  readonly run: string | null
  /** Why the row could not be decoded completely; such an event is rejected when it is delivered, never lost. */
  readonly fault: string | null
}

export class ChangeEvent {
  readonly parts: ChangeParts

  constructor(parts: ChangeParts) {
    this.parts = parts
  }

  get table(): string {
    return this.parts.shape.name
  }
  get op(): Op {
    return this.parts.op
  }
  get key(): Row {
    return this.parts.keyImage.row
  }
  get before(): Row | null {
    return this.parts.beforeImage?.row ?? null
  }
  get after(): Row | null {
    return this.parts.afterImage?.row ?? null
  }
  get position(): Position {
    return this.parts.position
  }
  get changedAt(): Date {
    return new Date(this.parts.changedAtMs)
  }
}
