// What a process looks at every so often beside its work, for its metrics.

import type { Config } from '../config.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Clock } from '../pipeline/clock.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import type { RunDesk } from '../pipeline/run-desk.ts'
import { isSynced } from '../pipeline/venues.ts'
import type { Books } from './books.ts'
import { logWatch } from './log-watch.ts'
import { openWatch } from './open-watch.ts'
import type { Resources } from './resources.ts'
import { runWatch } from './run-watch.ts'
import { scheduleWatch } from './schedule-watch.ts'
import { scheduledImports } from './scheduled-imports.ts'
import type { ServiceRole } from './service-role.ts'
import { venueWatch } from './venue-watch.ts'
import type { Watch } from './watch.ts'

export interface WatchesOptions {
  readonly config: Config
  readonly connectors: readonly ReadyConnector[]
  readonly role: ServiceRole
  readonly resources: Resources
  readonly metrics: Metrics
  readonly books: Books
  readonly desk: RunDesk
  readonly clock: Clock
}

export function watchesOf(options: WatchesOptions): readonly Watch[] {
  const { config, resources, metrics, clock, books } = options
  const { runs, gaps, conflicts, letters } = books
  const { log } = resources
  const connectors = options.connectors.map(({ connector }) => connector)
  const open = { clock, connectors }
  return [
    openWatch({ book: gaps, count: (name) => gaps.open(name).length, gauge: metrics.gapsOpen, ...open }),
    openWatch({ book: conflicts, count: (name) => conflicts.openFor(name), gauge: metrics.conflictsOpen, ...open }),
    openWatch({ book: letters, count: (name) => letters.of(name), gauge: metrics.deadWaiting, ...open }),
    logWatch({ log, path: config.log.kind === 'file' ? config.log.path : null, metrics, clock }),
    runWatch({ book: runs, metrics, clock }),
    scheduleWatch({ books, metrics, clock, all: scheduledImports(options) }),
    ...venueWatches(options),
  ]
}

/** By those that do not deliver alone: they are the fewest, and the list of venues is MySQL's to answer. */
function venueWatches({ connectors, role, resources, books, metrics, clock }: WatchesOptions): readonly Watch[] {
  if (role === 'deliver') return []
  const source = resources.sources.mysql
  return connectors.flatMap(({ connector }) => {
    return isSynced(connector) ? [venueWatch({ connector, source, book: books.runs, metrics, clock })] : []
  })
}
