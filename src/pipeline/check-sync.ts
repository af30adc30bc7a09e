// Whether a connector says completely how its venues are synced.

import { z } from 'zod'
import { FieldsOwned } from './fields-owned.ts'
import type { ReadyConnector } from './ready-connector.ts'

const call = z.custom<() => unknown>((value) => typeof value === 'function', 'must be a function')

export const SyncShape = z.strictObject({
  venues: z.strictObject({ table: z.string().min(1), name: z.string().min(1) }),
  venueOf: call,
  status: call,
})

const SAMPLE = {
  isUnderWay: false,
  last: { syncedAtMs: 0, stats: { newPeople: 0, newItems: 0, duplicates: 0, errors: 0 } },
}

export function checkSync({ connector, settings, targets }: ReadyConnector): readonly string[] {
  const { name, sync, tables } = connector
  if (sync === undefined) return []
  const { table, name: column } = sync.venues
  const isIncremental = Object.values(tables).some(({ narrow }) => narrow?.venue && narrow.changedAt)
  const columns = tables[table]?.columns
  const faults = [
    ...(columns === undefined ? [`reads its venues from ${table}, which is not among its tables`] : []),
    ...(columns?.includes(column) === false
      ? [`names venues by ${column}, which is not among the columns of ${table}`]
      : []),
    ...(isIncremental ? [] : ['has no table that can be narrowed down both by venue and by when a row was changed']),
  ]
  return [...faults, ...statusFaults()].map((fault) => `${name}: its sync ${fault}`)

  function statusFaults(): readonly string[] {
    try {
      const fault = new FieldsOwned(targets).fault(sync?.status('1', SAMPLE, settings) as never)
      return fault === null ? [] : [fault]
    } catch (error) {
      return [`cannot tell a status: ${error instanceof Error ? error.message : String(error)}`]
    }
  }
}
