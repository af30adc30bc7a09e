// Which events of the log a replay is about: those of one venue or one key, as the connector declares it.

import type { Connector } from '../core/connector.ts'
import { MillraceError } from '../core/errors.ts'
import type { ChangeEvent } from '../core/event.ts'
import type { Value } from '../core/value.ts'
import type { RowLookup } from '../source/source.ts'
import type { Planned } from './plan.ts'
import type { ReplayScope } from './replay-scope.ts'

type Asked = Pick<ReplayScope, 'venue' | 'key'>

export class ReplayFilter {
  readonly #connector: Connector
  readonly #lookup: RowLookup

  constructor(connector: Connector, lookup: RowLookup) {
    this.#connector = connector
    this.#lookup = lookup
  }

  async pick(planned: readonly Planned[], { venue, key }: Asked, signal: AbortSignal): Promise<readonly Planned[]> {
    const ofKey = key === null ? planned : planned.filter(({ event }) => event !== null && hasKey(event, key))
    if (venue === null) return ofKey
    const venues = await this.#venuesOf(ofKey, signal)
    return ofKey.filter((_, index) => venues[index]?.has(String(venue)))
  }

  async #venuesOf(planned: readonly Planned[], signal: AbortSignal): Promise<readonly ReadonlySet<string>[]> {
    const [first] = planned.flatMap(({ event }) => event ?? [])
    const venue = first === undefined ? undefined : this.#connector.tables[first.table]?.narrow?.venue
    if (venue === undefined) return planned.map(() => new Set<string>())
    const values = planned.map(({ event }) => columnOf(event, venue.column))
    const { through } = venue
    if (through === undefined) return values.map((value) => new Set([String(value)]))
    const { table, by, column } = through
    const { rows } = await this.#lookup.rows({ table, by, columns: [column], values }, signal)
    return rows.map((found) => new Set(found.map((row) => String(row[column]))))
  }
}

/** Throws for what no event of the connector can answer to. */
export function checkFilter(connector: Connector, tables: readonly string[], { venue }: Asked): void {
  const silent =
    venue === null ? undefined : tables.find((table) => connector.tables[table]?.narrow?.venue === undefined)
  if (silent === undefined) return
  throw new MillraceError(
    'SCOPE_INVALID',
    `the connector ${connector.name} does not declare which venue a row of ${silent} belongs to`,
  )
}

function hasKey({ key }: ChangeEvent, wanted: readonly (string | number)[]): boolean {
  const values = Object.values(key)
  return values.length === wanted.length && values.every((value, index) => String(value) === String(wanted[index]))
}

function columnOf(event: ChangeEvent | null, column: string): Value {
  return event?.after?.[column] ?? event?.before?.[column] ?? null
}
