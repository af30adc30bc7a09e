// Both sides changed the same fields of a row since they last agreed. Both directions of a pair of connectors find it,
// each in its own way, and it is one: its id comes of what the two versions say, in whatever form.

import { createHash } from 'node:crypto'
import type { Policy, Side } from './contested.ts'
import { fieldText } from './field-text.ts'
import type { Field, Fields } from './value.ts'
import { wallTime } from './wall-time.ts'
import type { ItemKey } from './write.ts'

/** Whose version counts; `open` until a person says so. */
export type Verdict = Side | 'open'

export interface FieldConflict {
  readonly id: string
  /** Who found it, and who carries changes the other way. */
  readonly connector: string
  readonly twin: string | null
  /** What people call the row. */
  readonly row: string
  /** Where the finder writes it to. */
  readonly table: string
  readonly key: ItemKey
  readonly group: string
  readonly policy: Policy
  readonly mysql: Fields
  readonly dynamodb: Fields
  /** What the finder's source held before; null where nothing says. */
  readonly before: Fields | null
  readonly verdict: Verdict
  readonly why: string
  readonly foundAtMs: number
  /** The record that showed it, as text. */
  readonly cursor: string
  readonly decision: Decision | null
}

export interface Decision {
  readonly by: string
  readonly atMs: number
  readonly note: string
}

type Identifying = Pick<FieldConflict, 'connector' | 'twin' | 'row' | 'group' | 'mysql' | 'dynamodb'>

const DIGITS = 16

export function fieldConflictId({ row, group, mysql, dynamodb, ...pair }: Identifying): string {
  const parts = [pairName(pair), row, group, versionText(mysql), versionText(dynamodb)]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, DIGITS)
}

/** The same for both connectors of a pair. */
export function pairName({ connector, twin }: Pick<FieldConflict, 'connector' | 'twin'>): string {
  return [connector, ...(twin === null ? [] : [twin])].toSorted().join(' ')
}

/**
 * Its key in the topic of conflicts. Each finder has its own, one that is open another than one that settled itself, and
 * a decision a third: so whatever comes last takes nothing from the others, and what is open stays so until decided.
 */
export function fieldConflictKey({ id, connector, verdict, decision }: FieldConflict): string {
  if (decision !== null) return `${id} :decided`
  return `${id} ${connector}${verdict === 'open' ? ' open' : ''}`
}

export function isFieldConflictKey(key: string): boolean {
  return /^[0-9a-f]{16} [^ ]+(?: open)?$/u.test(key)
}

function versionText(fields: Fields): string {
  const names = Object.keys(fields).filter((name) => fields[name] !== null)
  return names
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${fieldText(momentOf(fields[name] ?? null))}`)
    .join()
}

function momentOf(field: Field): Field {
  return typeof field === 'string' ? (wallTime(field)?.text ?? field) : field
}
