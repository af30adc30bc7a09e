// What a person asks a run to be about, turned into scopes of tables by what the connector declares. Nothing that is not
// declared gets near a statement.

import type { Connector, Narrowing, TableFlow } from '../core/connector.ts'
import { MillraceError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import type { RowFilter, RowScope } from '../source/source.ts'

export type ScopeValue = string | number

export interface ScopeAsked {
  readonly table?: string | undefined
  readonly venue?: ScopeValue | undefined
  /** Of the primary key: one value, or one for each of its columns. */
  readonly key?: { readonly from?: KeyAsked | undefined; readonly to?: KeyAsked | undefined } | undefined
  /** ISO 8601. A column without a zone is compared with the date and time as they stand. */
  readonly changedSince?: string | undefined
  readonly where?: Readonly<Record<string, ScopeValue>> | undefined
}

type KeyAsked = ScopeValue | readonly ScopeValue[]

const MOMENT = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?)?$/u

export function scopesOf(connector: Connector, asked: ScopeAsked): readonly RowScope[] {
  const flows = Object.entries(connector.tables)
  const named = asked.table === undefined ? flows : [namedTable(connector, asked.table)]
  if (asked.table === undefined) {
    if (asked.key !== undefined) throw invalid('key needs a table: say whose key it is')
    if (asked.where !== undefined) throw invalid('where needs a table: say whose columns they are')
  }
  const scopes = named.flatMap(([table, { narrow = {} }]) => {
    const filters = filtersOf(table, narrow, asked)
    if (filters !== null) return [{ table, ...boundsOf(asked), filters }]
    if (asked.table === undefined) return []
    throw invalid(
      `the connector ${connector.name} declares for ${table} no ${asked.venue === undefined ? 'changedAt' : 'venue'}`,
    )
  })
  if (scopes.length === 0) throw invalid(`no table of the connector ${connector.name} can be narrowed down like this`)
  return scopes
}

export function namedTable({ name, tables }: Connector, table: string): readonly [string, TableFlow] {
  const flow = Object.hasOwn(tables, table) ? tables[table] : undefined
  if (flow !== undefined) return [table, flow]
  const known = Object.keys(tables)
  const meant = nearest(table, known)
  throw invalid(
    `the connector ${name} has no table "${table}": ${meant === null ? `it has ${known.join(', ')}` : `did you mean ${meant}?`}`,
  )
}

/** Null when the table does not declare what is asked for. */
function filtersOf(table: string, narrow: Narrowing, asked: ScopeAsked): readonly RowFilter[] | null {
  const filters: RowFilter[] = []
  if (asked.venue !== undefined) {
    if (narrow.venue === undefined) return null
    filters.push({ ...narrow.venue, is: '=', value: asked.venue })
  }
  if (asked.changedSince !== undefined) {
    if (narrow.changedAt === undefined) return null
    filters.push({ column: narrow.changedAt, is: '>=', value: momentOf(asked.changedSince) })
  }
  for (const [column, value] of Object.entries(asked.where ?? {})) {
    const known = narrow.where ?? []
    if (!known.includes(column)) {
      throw invalid(
        `where may name ${known.length === 0 ? 'no column' : known.join(', ')} of ${table}, not "${column}"`,
      )
    }
    filters.push({ column, is: '=', value })
  }
  return filters
}

function boundsOf({ key }: ScopeAsked): Pick<RowScope, 'from' | 'to'> {
  const [from, to] = [key?.from, key?.to].map((bound) => (bound === undefined ? null : [bound].flat()))
  const [first, last] = [from?.[0], to?.[0]]
  if (typeof first === 'number' && typeof last === 'number' && first > last) {
    throw invalid(`key.from is ${first} and lies behind key.to, ${last}: were they swapped?`)
  }
  return { from: from ?? null, to: to ?? null }
}

function momentOf(text: string): string {
  const isMoment = MOMENT.test(text) && !Number.isNaN(Date.parse(text.replace(' ', 'T')))
  if (!isMoment) throw invalid(`changed_since is "${text}": write a moment as 2026-01-31T12:00:00`)
  return text.replace(' ', 'T').replace(/(Z|[+-]\d\d:?\d\d)$/u, '')
}

function invalid(message: string): MillraceError {
  return new MillraceError('SCOPE_INVALID', message)
}
