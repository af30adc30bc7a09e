// A row of an import's table: as it was found, and what the writes of a call have made of it so far.

import { hash } from 'node:crypto'
import { fieldText } from '../../../core/field-text.ts'
import type { Position } from '../../../core/position.ts'
import { TextBytes } from '../../../core/text-bytes.ts'
import type { Row, Value } from '../../../core/value.ts'
import { comparable } from '../comparable.ts'
import { hasNames } from '../has-names.ts'
import type { RowKey } from '../row-key.ts'
import type { TargetColumn, TargetShape } from '../target-column.ts'
import type { EnteredRun } from './runs-table.ts'

export const KEPT = ['mr_position', 'mr_run', 'mr_made', 'mr_digest'] as const

/** Who wrote it last, and who made it. */
export interface Kept {
  readonly position: string | null
  readonly run: string | null
  readonly made: string | null
  /** Of the fields as they were written then. */
  readonly digest: string | null
}

export interface Standing {
  readonly fields: Row
  readonly kept: Kept
}

/** As what a row was deleted. */
export interface Gone {
  readonly position: Position
  readonly by: Pick<EnteredRun, 'run' | 'number'>
}

export class StandingRow {
  readonly row: RowKey
  /** Null where there was none. */
  readonly found: Standing | null
  /** The run that deleted it, where that is on record. */
  readonly deletedBy: string | null
  /** Another connector's. */
  readonly isForeign: boolean
  /** The newest delete of it that is known, once that was asked for. */
  gone: Gone | null = null
  now: Standing | null

  constructor(
    row: RowKey,
    {
      found,
      deletedBy,
      isForeign,
    }: { readonly found: Standing | null; readonly deletedBy: string | null; readonly isForeign: boolean },
  ) {
    this.row = row
    this.found = found
    this.deletedBy = deletedBy
    this.isForeign = isForeign
    this.now = found
  }

  get isChanged(): boolean {
    return this.now !== this.found
  }

  /** Whether the fields of the row are these already. */
  holds(fields: Row): boolean {
    const { now } = this
    if (now === null) return false
    for (const name in fields) if (!this.#isSame(name, fields[name] ?? null, now.fields[name] ?? null)) return false
    return true
  }

  #isSame(name: string, one: Value, other: Value): boolean {
    if (one === other) return true
    const column = this.row.shape.columns.get(name)
    if (column === undefined || one === null || other === null) return false
    return fieldText(comparable(column, one)) === fieldText(comparable(column, other))
  }
}

/** The same for the same fields, in whatever order they come. */
export function digestOf(shape: TargetShape, fields: Row): string {
  digested.cut()
  for (const name of sortedNames(fields)) {
    if (digested.length > 0) digested.byte(0)
    digested.text(name)
    digested.text('=')
    digested.text(valueText(shape.columns.get(name), fields[name] ?? null))
  }
  return hash('md5', digested.bytes, 'hex')
}

const digested = new TextBytes()

function valueText(column: TargetColumn | undefined, value: Value): string {
  if (typeof value === 'string' && column?.type.name !== 'json') return value
  return value === null ? 'null' : fieldText(column === undefined ? value : comparable(column, value))
}

let lastNames: { readonly given: readonly string[]; readonly sorted: readonly string[] } = { given: [], sorted: [] }

/** Rows beside each other have the same names. */
function sortedNames(fields: Row): readonly string[] {
  if (!hasNames(fields, lastNames.given)) {
    const given = Object.keys(fields)
    lastNames = { given, sorted: given.toSorted() }
  }
  return lastNames.sorted
}

/** A row as text, so that it can be put back byte for byte. */
export function imageText({ fields, kept }: Standing): string {
  return JSON.stringify({ fields, kept }, function (this: Record<string, unknown>, name, value: unknown) {
    const plain = this[name]
    if (typeof value === 'bigint') return { mr_integer: String(value) }
    return plain instanceof Uint8Array ? { mr_bytes: Buffer.from(plain).toString('base64') } : value
  })
}

export function imageOf(text: string): Standing {
  return JSON.parse(text, (_name, value: { mr_integer?: string; mr_bytes?: string } | null) => {
    if (typeof value?.mr_integer === 'string') return BigInt(value.mr_integer)
    return typeof value?.mr_bytes === 'string' ? Uint8Array.from(Buffer.from(value.mr_bytes, 'base64')) : value
  }) as Standing
}
