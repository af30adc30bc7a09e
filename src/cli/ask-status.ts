// How the connectors stand, asked of the sources, the log and the targets; nothing is changed.

import { namedConnector } from '../control/run-orders.ts'
import { adviceOf, type StatusView, tableView } from '../control/status-view.ts'
import { connectorTopics } from '../core/topic.ts'
import { createMetrics } from '../observe/metrics.ts'
import { systemClock } from '../pipeline/clock.ts'
import { ConflictBook } from '../pipeline/conflict-book.ts'
import { DeadLetters } from '../pipeline/dead-letters.ts'
import { GapBook } from '../pipeline/gap-book.ts'
import { newestBookmark } from '../pipeline/newest-bookmark.ts'
import { Plan } from '../pipeline/plan.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { RowCheck } from '../pipeline/row-check.ts'
import { RunBook } from '../pipeline/run-book.ts'
import { standingOf } from '../pipeline/standing.ts'
import { declaredTopics } from '../pipeline/topics.ts'
import { changeTopics } from './change-topics.ts'
import type { Call } from './command.ts'
import { partitionsOf } from './parts.ts'
import { planParts } from './plan-parts.ts'
import { readSetup, type Setup } from './read-setup.ts'
import { openResources, type Resources } from './resources.ts'
import { sinkOf } from './sink-of.ts'
import type { System } from './system.ts'

export interface StatusAsked {
  readonly rowsMax: number
  /** Null: all of them. */
  readonly connector: string | null
}

interface Asking extends StatusAsked {
  readonly setup: Setup
  readonly resources: Resources
  readonly gaps: GapBook
  readonly conflicts: ConflictBook
  readonly signal: AbortSignal
}

export async function askStatus(
  system: System,
  { env, signal }: Pick<Call, 'env' | 'signal'>,
  asked: StatusAsked,
): Promise<StatusView> {
  const setup = await readSetup(system, env)
  const { config, connectors } = setup
  const plain = connectors.map(({ connector }) => connector)
  const one = asked.connector === null ? null : namedConnector(plain, asked.connector)
  await using resources = await openResources({ ...setup, system, role: 'control', metrics: createMetrics() })
  await resources.log.declare(declaredTopics(changeTopics(connectors, config.database), partitionsOf(config)))
  const { log, codecs, sources } = resources
  const reading = { log, records: codecs.records, signal }
  const conflicts = new ConflictBook(reading)
  const gaps = new GapBook({ ...reading, runs: new RunBook(reading), sources: sources.names, connectors: plain })
  await Promise.all([gaps.refresh(), conflicts.refresh()])
  const statuses: StatusView['connectors'] = []
  for (const ready of connectors) {
    if (one !== null && ready.connector !== one) continue
    statuses.push(await statusOf({ ...asked, setup, resources, gaps, conflicts, signal }, ready))
  }
  const view = { connectors: statuses, open_conflicts: conflicts.openFor(one?.name) }
  return { ...view, advice: [...adviceOf(view)] }
}

async function statusOf(asking: Asking, ready: ReadyConnector): Promise<StatusView['connectors'][number]> {
  const { resources, setup } = asking
  const { log, codecs, sources } = resources
  const { connector } = ready
  const { records } = codecs
  const isImport = connector.source === 'import'
  const bookmark = isImport ? null : await newestBookmark({ log, records, source: sources.of(connector).name })
  const topics = connectorTopics(connector, setup.config.database)
  const lags = await Promise.all(topics.map((topic) => log.lag(connector.name, topic)))
  return {
    connector: connector.name,
    from: connector.source,
    to: connector.sink,
    captured_at: bookmark === null ? null : new Date(bookmark.sourceTimeMs).toISOString(),
    pending: lags.reduce((sum, lag) => sum + lag, 0),
    dead_letters: await deadLetters(asking, ready),
    open_gaps: asking.gaps.open(connector.name).length,
    open_conflicts: asking.conflicts.openFor(connector.name),
    tables: isImport ? [] : await tables(asking, ready),
  }
}

async function deadLetters({ resources, setup, signal }: Asking, { connector }: ReadyConnector): Promise<number> {
  const { log, codecs } = resources
  const { database } = setup.config
  const letters = new DeadLetters({ log, ...codecs, database, connectors: [connector], clock: systemClock, signal })
  return (await letters.list({ connector: connector.name }, { limit: 1 })).total
}

async function tables({ resources, rowsMax, signal }: Asking, ready: ReadyConnector) {
  const { sources, codecs, shared } = resources
  const { connector } = ready
  const source = sources.of(connector)
  const sink = await shared.openSink(sinkOf(ready), { onThrottled: () => undefined })
  try {
    const plan = await Plan.open(planParts({ sources, codecs, observer: { lookedUp: () => undefined } }, ready))
    const check = new RowCheck({ plan, sink, clock: systemClock, venueOf: null })
    const of = { tables: Object.keys(connector.tables), rowsMax }
    return (await standingOf({ source, check, clock: systemClock, ...of }, signal)).map(tableView)
  } finally {
    await sink.close()
  }
}
