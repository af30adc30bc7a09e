// What a connector reads that MySQL does not have; an item of DynamoDB may lack any attribute.

import type { Connector } from '../core/connector.ts'
import { nearest } from '../core/nearest.ts'

/** `tables`: the columns of each table that there is. */
export function columnFaults(connector: Connector, tables: ReadonlyMap<string, readonly string[]>): readonly string[] {
  if (connector.source !== 'mysql') return []
  return Object.entries(connector.tables).flatMap(([table, flow]) => {
    const needs = [
      { what: `the table ${table}`, table, columns: flow.columns },
      ...Object.entries(flow.lookups ?? {}).map(([name, lookup]) => ({
        what: `the lookup ${name} of ${table}`,
        table: lookup.table,
        columns: [lookup.by, ...lookup.columns],
      })),
    ]
    return needs.flatMap((need) => missing(need, tables).map((fault) => `${connector.name}: ${need.what} ${fault}`))
  })
}

function missing(
  need: { table: string; columns: readonly string[] },
  tables: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const columns = tables.get(need.table)
  if (columns === undefined) return [`reads ${need.table}, which is not there${guess(need.table, tables.keys())}`]
  const absent = [...new Set(need.columns)].filter((column) => !columns.includes(column))
  return absent.map((column) => `reads ${need.table}.${column}, which is not there${guess(column, columns)}`)
}

function guess(word: string, names: Iterable<string>): string {
  const near = nearest(word, names)
  return near === null ? '' : `; did you mean ${near}?`
}
