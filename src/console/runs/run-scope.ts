// What a run is about, in words.

import type { RunView } from '../../control/run-view.ts'
import { counted } from '../part/figures.ts'

type Parts = Readonly<Record<string, unknown>>

export function scopeText({ kind, scope }: RunView): string {
  const parts = isParts(scope) ? scope : {}
  const tables = tablesIn(Array.isArray(scope) ? scope : parts.scopes)
  const venue = parts.venue == null ? '' : `venue ${String(parts.venue)}`
  switch (kind) {
    case 'backfill':
      return tables
    case 'sync':
      return venue || 'all venues'
    case 'verify':
      return [venue || tables, ...(parts.repairs === true ? ['with repair'] : [])].join(', ')
    case 'replay':
      return [rangesIn(parts.ranges), venue, ...(parts.into == null ? [] : [`into ${String(parts.into)}`])]
        .filter((one) => one !== '')
        .join(', ')
    case 'import':
      return importText(parts)
    case 'rollback':
      return `of ${String(parts.run ?? 'an import')}`
    default:
      return venue
  }
}

function tablesIn(scopes: unknown): string {
  if (!Array.isArray(scopes)) return ''
  const names = scopes.map((one) => (isParts(one) ? `${String(one.table)}${boundsOf(one)}` : ''))
  return names.length > 4 ? counted(names.length, 'table') : names.join(', ')
}

function boundsOf({ from, to }: Parts): string {
  if (from == null && to == null) return ''
  return ` ${from == null ? '…' : String(from)} to ${to == null ? '…' : String(to)}`
}

function rangesIn(ranges: unknown): string {
  return Array.isArray(ranges) ? counted(ranges.length, 'range of the log', 'ranges of the log') : 'the log'
}

const IMPORTS_TOLD = 4

function importText({ imports }: Parts): string {
  if (!Array.isArray(imports)) return ''
  const told = imports
    .slice(0, IMPORTS_TOLD)
    .map((one) => (isParts(one) ? `${String(one.table)}${placeText(one.from)}` : ''))
  const more = imports.length - told.length
  return [...told, ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

/** Of an address no more than where it is: what is asked of it may be long. */
function placeText(from: unknown): string {
  if (!isParts(from)) return ''
  if (from.kind === 'square') return ' from Square'
  const place =
    from.kind === 'csv' ? from.file : isParts(from.spec) ? String(from.spec.url).replace(/[?#].*$/su, '') : null
  return place == null ? '' : ` from ${String(place)}`
}

function isParts(value: unknown): value is Parts {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
