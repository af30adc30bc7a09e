// What can be typed of a run, and the body that it makes.

export interface Typed {
  readonly connector: string
  readonly table: string
  readonly venue: string
  readonly keyFrom: string
  readonly keyTo: string
  readonly changedSince: string
  readonly from: string
  readonly to: string
  readonly into: string
}

export const NOTHING_TYPED: Typed = {
  ...{ connector: '', table: '', venue: '', keyFrom: '', keyTo: '', changedSince: '', from: '', to: '', into: '' },
}

export type KindName = 'backfill' | 'replay'

interface FieldSpec {
  readonly name: keyof Typed
  readonly label: string
  readonly hint: string
}

interface KindSpec {
  readonly title: string
  readonly path: string
  readonly about: string
  readonly fields: readonly FieldSpec[]
}

const VENUE: FieldSpec = { name: 'venue', label: 'Venue', hint: 'Its number; empty: all' }

export const KINDS: Readonly<Record<KindName, KindSpec>> = {
  backfill: {
    title: 'Backfill',
    path: '/api/backfills',
    about: 'Copies rows of the source as they are now, beside the live changes, which go first.',
    fields: [
      VENUE,
      { name: 'keyFrom', label: 'Key from', hint: 'Of the primary key, with a table' },
      { name: 'keyTo', label: 'Key to', hint: 'It is copied, too' },
      { name: 'changedSince', label: 'Changed since', hint: 'As 2026-01-31T12:00:00Z' },
    ],
  },
  replay: {
    title: 'Replay',
    path: '/api/replays',
    about: 'Gives records of the log to the target once more; what is there already stays as it is.',
    fields: [
      VENUE,
      { name: 'from', label: 'From', hint: 'A time, or a cursor topic:partition:offset' },
      { name: 'to', label: 'To', hint: 'The same; empty: to the end' },
      { name: 'into', label: 'Into another table', hint: 'Empty: the one in use' },
    ],
  },
}

/** What was left empty is not said. */
export function bodyOf(kind: KindName, typed: Typed): object {
  const { connector, table, venue, keyFrom, keyTo, changedSince, from, to, into } = typed
  const key = said({ from: keyFrom, to: keyTo })
  const common = said({ table, venue })
  if (kind === 'replay') return { connector, scope: { ...common, ...said({ from, to }) }, ...said({ into }) }
  const bounds = Object.keys(key).length === 0 ? {} : { key }
  return { connector, scope: { ...common, ...bounds, ...said({ changed_since: changedSince }) } }
}

function said(parts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(parts)
      .map(([name, value]) => [name, value.trim()] as const)
      .filter(([, value]) => value !== ''),
  )
}
