// Counters from 0 on: a rise is seen only of one that was there before.

import type { Connector } from '../core/connector.ts'
import { RUN_KINDS } from '../core/run.ts'
import { CATEGORIES } from '../core/set-aside.ts'
import { connectorTopics } from '../core/topic.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { followedTables } from './source-tables.ts'
import type { Sources } from './sources.ts'

export interface BeginCountsOptions {
  readonly sources: Sources
  readonly connectors: readonly ReadyConnector[]
  /** The one of MySQL. */
  readonly database: string
}

const ENDS = ['done', 'failed', 'cancelled'] as const
const CHANGES = ['inserted', 'updated', 'unchanged', 'deleted'] as const

export function beginCounts(metrics: Metrics, { sources, connectors, database }: BeginCountsOptions): void {
  for (const [side, { name }] of sources) {
    for (const table of followedTables(connectors, side)) metrics.gaps.inc({ source: name, table }, 0)
  }
  for (const { connector } of connectors) {
    const { name, source } = connector
    metrics.sinkThrottles.inc({ connector: name }, 0)
    metrics.deliverClashes.inc({ connector: name }, 0)
    for (const topic of connectorTopics(connector, database)) metrics.deliverDead.inc({ connector: name, topic }, 0)
    for (const kind of RUN_KINDS) {
      for (const state of ENDS) metrics.runsEnded.inc({ connector: name, kind, state }, 0)
    }
    if (source === 'import') beginImports(metrics, connector)
  }
}

function beginImports({ importSetAside, importRows }: Metrics, { name: connector, tables }: Connector): void {
  for (const category of CATEGORIES) importSetAside.inc({ connector, category }, 0)
  for (const table of Object.keys(tables)) for (const did of CHANGES) importRows.inc({ connector, table, did }, 0)
}
