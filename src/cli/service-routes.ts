// What the running process answers over HTTP: every route, with what it asks.

import type { Config } from '../config.ts'
import { adminRoutes } from '../control/admin-routes.ts'
import { auditRoutes } from '../control/audit-routes.ts'
import { conflictRoutes } from '../control/conflict-routes.ts'
import { connectorRoutes } from '../control/connector-routes.ts'
import type { ConsolePage } from '../control/console-page.ts'
import { consoleRoutes } from '../control/console-routes.ts'
import type { Routes } from '../control/control-server.ts'
import { deadRoutes } from '../control/dead-routes.ts'
import type { FlowFeed } from '../control/flow-feed.ts'
import { flowRoutes } from '../control/flow-routes.ts'
import { gapRoutes } from '../control/gap-routes.ts'
import { importRoutes } from '../control/import-routes.ts'
import { runRoutes } from '../control/run-routes.ts'
import { scheduleRoutes } from '../control/schedule-routes.ts'
import { sessionRoutes } from '../control/session-routes.ts'
import { syncRoutes } from '../control/sync-routes.ts'
import { LATE_S } from '../control/troubles.ts'
import { venuesRoutes } from '../control/venues-routes.ts'
import { verifyRoutes } from '../control/verify-routes.ts'
import { Seal } from '../core/seal.ts'
import { AuditBook } from '../pipeline/audit-book.ts'
import type { Clock } from '../pipeline/clock.ts'
import { ConflictDesk } from '../pipeline/conflict-desk.ts'
import { DeadLetters } from '../pipeline/dead-letters.ts'
import { GapDesk } from '../pipeline/gap-desk.ts'
import { openImports } from '../pipeline/import.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import type { OrderGiven, RunDesk } from '../pipeline/run-desk.ts'
import { ScheduleDesk } from '../pipeline/schedule-desk.ts'
import { SyncDesk } from '../pipeline/sync-desk.ts'
import { VenueBoard } from '../pipeline/venue-board.ts'
import { VenueDifferences } from '../pipeline/venue-differences.ts'
import type { Books } from './books.ts'
import { forecaster } from './forecaster.ts'
import { foreseeRollback } from './foresee-rollback.ts'
import { migrateTables } from './migrate-tables.ts'
import type { Resources } from './resources.ts'
import { scheduledImports } from './scheduled-imports.ts'

export interface ServiceRoutesOptions {
  readonly config: Config
  readonly connectors: readonly ReadyConnector[]
  readonly resources: Resources
  readonly page: ConsolePage
  readonly books: Books
  readonly desk: RunDesk
  readonly feed: FlowFeed
  readonly clock: Clock
  /** Ends what requests ask of the log. */
  readonly signal: AbortSignal
}

export function serviceRoutes(options: ServiceRoutesOptions): readonly Routes[] {
  const { config, connectors, resources, books, desk, feed, clock, signal, page } = options
  const { log, codecs, sources } = resources
  const { records } = codecs
  const { database, tokens } = config
  const plain = connectors.map(({ connector }) => connector)
  const forecast = forecaster({ resources, connectors, database, clock })
  const syncDesk = new SyncDesk({ desk, book: books.runs, source: sources.mysql, connectors: plain, signal })
  const letters = new DeadLetters({ log, ...codecs, database, connectors: plain, clock, signal })
  const ofConflicts = { book: books.conflicts, connectors: plain }
  const isSecure = config.publicUrl?.startsWith('https:') ?? false
  return [
    consoleRoutes({ page }),
    sessionRoutes({ tokens, clock, isSecure }),
    flowRoutes({ feed, clock }),
    connectorRoutes({ connectors }),
    runRoutes({ desk, connectors, clock, place: { log, database }, forecast }),
    ...importingRoutes(options, forecast),
    syncRoutes({ syncDesk, forecast }),
    venuesRoutes({ board: venueBoard(options, syncDesk) }),
    scheduleRoutes({
      scheduleDesk: new ScheduleDesk({
        ...{ book: books.runs, bookmarks: books.bookmarks, clock },
        all: scheduledImports({ desk, config, connectors }),
      }),
    }),
    auditRoutes({ book: new AuditBook({ log, records, signal }) }),
    verifyRoutes({ desk, connectors, place: { log, records } }),
    gapRoutes({ gapDesk: new GapDesk({ desk, book: books.gaps }), connectors: plain, forecast }),
    conflictRoutes({ ...ofConflicts, conflictDesk: new ConflictDesk({ ...ofConflicts, desk }), forecast }),
    deadRoutes({ desk, connectors: plain, letters, database, forecast }),
  ]
}

function importingRoutes(options: ServiceRoutesOptions, forecast: ReturnType<typeof forecaster>): readonly Routes[] {
  const { config, connectors, resources, books, desk, clock, signal } = options
  const check = async (given: Omit<OrderGiven, 'by'>) => {
    await openImports({ connectors, open: resources.imports.openSource }, { ...given, orderedAtMs: clock.nowMs() })
  }
  const undoing = { book: books.runs, connectors, openUndo: resources.imports.openUndo }
  return [
    importRoutes({
      ...{ desk, book: books.runs, connectors, clock, forecast, check },
      seal: (secret) => new Seal(config.mysqlUrl).close(secret),
      dryRollback: (run) => foreseeRollback(undoing, run, signal),
    }),
    adminRoutes({
      ...{ desk, connectors, check },
      migrate: (direction, by) => migrateTables({ resources, clock }, { direction, by }),
      audit: async (limit) => (await resources.imports.trail?.list(limit)) ?? [],
    }),
  ]
}

function venueBoard(options: ServiceRoutesOptions, syncDesk: SyncDesk): VenueBoard {
  const { connectors, resources, books, feed, clock, signal } = options
  const { log, codecs, sources } = resources
  const differences = new VenueDifferences({ log, records: codecs.records }, books.runs)
  const behind = async (connector: string) => {
    const { flows, sources: all } = await feed.view()
    const flow = flows.find((one) => one.connector === connector)
    const source = all.find(({ name }) => name === flow?.from)
    if (source?.state === 'stopped' || flow?.state === 'stopped') return 'changes do not arrive: a part has stopped'
    const isLate = Math.max(source?.lag_seconds ?? 0, flow?.lag_seconds ?? 0) > LATE_S
    return isLate ? 'changes are still on their way' : null
  }
  return new VenueBoard({
    ...{ syncDesk, connectors: connectors.map(({ connector }) => connector), source: sources.mysql },
    ...{ runs: books.runs, gaps: books.gaps, differences, behind, clock, signal },
  })
}
