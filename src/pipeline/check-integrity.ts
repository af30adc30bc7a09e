// Whether what a connector says of references and rules can be checked.

import { z } from 'zod'
import type { ReadyConnector } from './ready-connector.ts'

const text = z.string().min(1)
const Tolerance = z.union([
  z.strictObject({ rows: z.number().int().min(0) }),
  z.strictObject({ share: z.number().min(0).max(1) }),
])

/** Of a table's flow. */
export const IntegrityShape = {
  references: z.record(text, z.strictObject({ table: text, missingMax: Tolerance.optional() })).optional(),
  rules: z.array(z.strictObject({ name: text, never: text, breakingMax: Tolerance.optional() })).optional(),
}

export function checkIntegrity({ connector, targets }: ReadyConnector): readonly string[] {
  return Object.entries(connector.tables).flatMap(([table, { references, rules = [] }]) => {
    if (references === undefined && rules.length === 0) return []
    const told = (fault: string) => `${connector.name}: in the table ${table} ${fault}`
    const own = targets[table]
    if (connector.source !== 'import' || own === undefined)
      return [told('it has references or rules, but no import is checked of it')]
    const names = rules.map(({ name }) => name)
    return [
      ...names.filter((name, at) => names.indexOf(name) < at).map((name) => told(`two rules are called ${name}`)),
      ...Object.entries(references ?? {}).flatMap(([field, { table: parent }]) => {
        const isOwn = ([...own.key, ...own.owns] as readonly string[]).includes(field)
        const isOneKey = targets[parent]?.key.length === 1
        return [
          ...(isOwn ? [] : [told(`${field} refers to ${parent}, but is no field of it`)]),
          ...(isOneKey ? [] : [told(`${field} refers to ${parent}, which is no target with a key of one field`)]),
        ]
      }),
    ]
  })
}
