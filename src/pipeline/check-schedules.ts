// Whether what a connector says of its schedules can be done.

import { z } from 'zod'
import { ImportFrom } from '../core/import-from.ts'
import { scheduleFault } from '../core/schedule.ts'
import type { ReadyConnector } from './ready-connector.ts'

const Schedules = z.array(
  z.strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]*$/u, 'must be small letters, digits and hyphens'),
    cron: z.string(),
    zone: z.string().optional(),
    imports: z.array(z.strictObject({ table: z.string(), from: ImportFrom })).min(1),
  }),
)

export function checkSchedules({ connector, settings }: ReadyConnector): readonly string[] {
  if (connector.schedules === undefined) return []
  try {
    const parsed = Schedules.safeParse(connector.schedules(settings))
    if (!parsed.success) return parsed.error.issues.map(({ path, message }) => told(path.join('.'), message))
    const names = parsed.data.map(({ name }) => name)
    return parsed.data.flatMap(({ name, imports, ...when }, at) => {
      const fault = scheduleFault({ cron: when.cron, ...(when.zone === undefined ? {} : { zone: when.zone }) })
      const unknown = imports.filter(({ table }) => connector.tables[table] === undefined).map(({ table }) => table)
      return [
        ...(fault === null ? [] : [told(name, fault)]),
        ...unknown.map((table) => told(name, `there is no table ${table}`)),
        ...(names.indexOf(name) < at ? [told(name, 'two are called so')] : []),
      ]
    })
  } catch (error) {
    return [told('', error instanceof Error ? error.message : String(error))]
  }

  function told(name: string, fault: string): string {
    return `${connector.name}: its schedule${name === '' ? 's' : ` ${name}`}: ${fault}`
  }
}
