// What is ordered by the clock: the imports that connectors schedule, and another try of those that failed.

import type { Config } from '../config.ts'
import { NO_LIMITS } from '../core/run.ts'
import { isSameImport, sameImport } from '../pipeline/import-order.ts'
import type { ImportScope } from '../pipeline/import-scope.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { resumeImports } from '../pipeline/resume-imports.ts'
import type { RunDesk } from '../pipeline/run-desk.ts'
import type { ScheduledImport } from '../pipeline/schedule-desk.ts'

export interface ScheduledImportsOptions {
  readonly desk: RunDesk
  readonly config: Pick<Config, 'importRetry' | 'timeZone'>
  readonly connectors: readonly ReadyConnector[]
}

export function scheduledImports({ desk, config, connectors }: ScheduledImportsOptions): readonly ScheduledImport[] {
  const importing = connectors.filter(({ connector }) => connector.source === 'import')
  const imports = importing.flatMap(({ connector, settings }) =>
    (connector.schedules?.(settings) ?? []).map(({ name, imports: parts, ...schedule }): ScheduledImport => {
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
        connector: connector.name,
        imports: scope.imports,
        isSame: (order) => isSameImport(given, order),
        order: async ({ by, id }) => [
          await desk.order({ ...given, by, ...(id && { id: id('import') }) }, sameImport(given)),
        ],
      }
    }),
  )
  if (importing.length === 0 || config.importRetry === null) return imports
  const again: ScheduledImport = {
    name: 'import-retry',
    schedule: { cron: config.importRetry, zone: config.timeZone },
    ...{ connector: null, imports: [], isSame: () => false },
    order: ({ by }) => resumeImports(desk, by),
  }
  return [...imports, again]
}
