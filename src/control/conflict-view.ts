// A conflict as people see it: over HTTP and on the command line.

import type { FieldConflict } from '../core/field-conflict.ts'
import { fieldText } from '../core/field-text.ts'
import { Exact, type Field } from '../core/value.ts'
import { type KnownClaim, type KnownConflict, type KnownContest, newestFirst } from '../pipeline/conflict-book.ts'

export interface ConflictView {
  readonly id: string
  readonly kind: KnownConflict['kind']
  readonly state: KnownConflict['state']
  /** Those that found it. */
  readonly connectors: readonly string[]
  readonly table: string
  /** What people call the row; of a claim, the claim. */
  readonly row: string
  readonly why: string
  readonly found_at: string
  readonly cursor: string
  /** Of fields; null for a claim. */
  readonly group: string | null
  readonly policy: string | null
  readonly verdict: string | null
  readonly decided_by: string | null
  readonly decided_at: string | null
  readonly note: string | null
}

export interface ConflictListView {
  readonly total: number
  readonly conflicts: readonly ConflictView[]
  /** What to ask for as `before` to read on; null at the oldest. */
  readonly next: string | null
}

interface ConflictPage {
  readonly limit: number
  readonly before?: string | undefined
}

/** Field by field, what each side has, and what its finder's source had before. */
export interface FieldView {
  readonly name: string
  readonly mysql: unknown
  readonly dynamodb: unknown
  readonly before: unknown
  readonly differs: boolean
}

export interface ConflictDetailView extends ConflictView {
  /** Empty for a claim. */
  readonly fields: readonly FieldView[]
  /** Of a claim: the items that lay claim to it; null for fields. */
  readonly holder: string | null
  readonly claimant: string | null
}

/** Of all that are meant, the newest first. */
export function conflictListView(
  conflicts: readonly KnownConflict[],
  { limit, before }: ConflictPage,
): ConflictListView {
  const rest = before === undefined ? conflicts : conflicts.filter(olderThan(before))
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return {
    total: conflicts.length,
    conflicts: page.map(conflictView),
    next: rest.length > page.length && last !== undefined ? `${last.foundAtMs}@${last.id}` : null,
  }
}

/** Than the last of a page, which may have gone meanwhile. */
function olderThan(place: string): (known: KnownConflict) => boolean {
  const [foundAtMs = '', id = ''] = place.split('@')
  const last = { foundAtMs: Number(foundAtMs), id }
  return (known) => newestFirst(last, known) < 0
}

export function conflictDetailView(known: KnownConflict, findings: readonly FieldConflict[]): ConflictDetailView {
  const { holder = null, claimant = null } = known.kind === 'claim' ? known.clash : {}
  const [first] = findings
  return { ...conflictView(known), fields: first === undefined ? [] : fieldViews(first), holder, claimant }
}

function conflictView(known: KnownConflict): ConflictView {
  const { id, state, connectors, foundAtMs } = known
  const found = { id, kind: known.kind, state, connectors, found_at: new Date(foundAtMs).toISOString() }
  return { ...found, ...(known.kind === 'claim' ? claimView(known) : contestView(known)) }
}

function claimView({ clash: { table, within, claim, cursor } }: KnownClaim) {
  const why = 'another item holds the claim already'
  const none = { group: null, policy: null, verdict: null, decided_by: null, decided_at: null, note: null }
  return { table, row: `${within} ${claim}`, why, cursor, ...none }
}

function contestView({ about, verdict }: KnownContest) {
  const { table, row, why, cursor, group, policy, decision } = about
  return {
    ...{ table, row, why, cursor, group, policy, verdict, decided_by: decision?.by ?? null },
    decided_at: decision === null ? null : new Date(decision.atMs).toISOString(),
    note: decision?.note ?? null,
  }
}

function fieldViews({ mysql, dynamodb, before }: FieldConflict): readonly FieldView[] {
  const names = [...new Set([...Object.keys(mysql), ...Object.keys(dynamodb)])].toSorted()
  return names.map((name) => {
    const [one, other] = [mysql[name] ?? null, dynamodb[name] ?? null]
    const differs = fieldText(one) !== fieldText(other)
    return { name, mysql: shown(one), dynamodb: shown(other), before: shown(before?.[name] ?? null), differs }
  })
}

/** What JSON has no exact form for is text: exact and large numbers, bytes as base64. */
function shown(field: Field): unknown {
  if (typeof field === 'bigint') return field.toString()
  if (field instanceof Exact) return field.text
  if (field instanceof Uint8Array) return Buffer.from(field).toString('base64')
  if (Array.isArray(field)) return field.map(shown)
  if (typeof field !== 'object' || field === null) return field
  return Object.fromEntries(Object.entries(field).map(([name, one]) => [name, shown(one)]))
}
