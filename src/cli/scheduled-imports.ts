// What is ordered by the clock: the imports that connectors schedule, and another try of those that failed.

import type { Config } from '../config.ts'
import { NO_LIMITS } from '../core/run.ts'
import { sameImport } from '../pipeline/import-order.ts'
import type { ImportScope } from '../pipeline/import-scope.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { resumeImports } from '../pipeline/resume-imports.ts'
import type { RunDesk } from '../pipeline/run-desk.ts'
import type { Scheduled } from '../pipeline/scheduler.ts'

export interface ScheduledImportsOptions {
  readonly desk: RunDesk
  readonly config: Pick<Config, 'importRetry' | 'timeZone'>
  readonly connectors: readonly ReadyConnector[]
}

export function scheduledImports({ desk, config, connectors }: ScheduledImportsOptions): readonly Scheduled[] {
  const importing = connectors.filter(({ connector }) => connector.source === 'import')
  const imports = importing.flatMap(({ connector, settings }) =>
    (connector.schedules?.(settings) ?? []).map(({ name, imports: parts, ...schedule }): Scheduled => {
      const scope: ImportScope = { imports: [...parts] }
      const given = {
        kind: 'import',
        connector: connector.name,
        scope: JSON.stringify(scope),
        limits: NO_LIMITS,
      } as const
      return {
        name: `${connector.name}/${name}`,
        schedule,
        order: async (id, by) => void (await desk.order({ ...given, by, id: id('import') }, sameImport(given))),
      }
    }),
  )
  if (importing.length === 0 || config.importRetry === null) return imports
  const again: Scheduled = {
    name: 'import-retry',
    schedule: { cron: config.importRetry, zone: config.timeZone },
    order: async (_id, by) => void (await resumeImports(desk, by)),
  }
  return [...imports, again]
}
