// Looks at everything that has to be true before changes can flow; changes nothing.

import { type Config, type Environment, readConfig } from '../config.ts'
import { SIDES, type Side } from '../core/contested.ts'
import { MillraceError } from '../core/errors.ts'
import type { Finding } from '../core/finding.ts'
import { BOOKMARKS } from '../core/topic.ts'
import { redactText } from '../observe/redact.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import type { LookupColumn } from '../source/source.ts'
import { VARIABLES } from '../variables.ts'
import { checkColumns } from './check-columns.ts'
import { loadConnectors } from './load-connectors.ts'
import { notifyChannels } from './notify-channels.ts'
import { type OpenCanaryOptions, openCanary } from './open-canary.ts'
import { sinkOf } from './sink-of.ts'
import { followedTables, sourceTables } from './source-tables.ts'
import type { Shared, SourceOptions, System } from './system.ts'

export async function diagnosis(system: System, env: Environment): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  let connectors: readonly ReadyConnector[] = []
  let config: Config | null = null
  const connectorFindings = await examine('connectors', async () => {
    const where = env[VARIABLES.connectors.name] ?? ''
    connectors = await loadConnectors({ where, packaged: system.packagedConnectors, env })
    return [{ check: 'connectors', isOk: true, detail: connectors.map(({ connector }) => connector.name).join(', ') }]
  })
  const configFindings = await examine('settings', async () => {
    config = readConfig(
      env,
      connectors.map(({ connector }) => connector),
    )
    return [{ check: 'settings', isOk: true, detail: 'all of them can be used' }]
  })
  findings.push(...configFindings, ...connectorFindings)
  if (config !== null) findings.push(...(await examineServers(system, config, connectors)))
  return findings.map((finding) => ({ ...finding, detail: redactText(finding.detail) }))
}

/** Everything that needs a server, at once: each has its own deadline. */
async function examineServers(
  system: System,
  config: Config,
  connectors: readonly ReadyConnector[],
): Promise<readonly Finding[]> {
  const mysql = async () => {
    await using opened = await system.openSource(config, sourceOptions(connectors, 'mysql'))
    return [
      ...(await opened.check(sourceTables(connectors, 'mysql'))),
      ...(await opened.checkLookups(lookupColumns(connectors))),
      ...(await checkColumns(opened, connectors)),
    ]
  }
  const streams = async () => {
    const options = sourceOptions(connectors, 'dynamodb')
    if (options.tables.length === 0) return []
    await using opened = await system.openSource(config, options)
    // What is returned without being awaited would find it closed.
    return await opened.check(options.tables)
  }
  await using shared = await system.openShared(config, { onCacheFailure: () => undefined })
  const looked = [
    examine('source', mysql),
    examine('source', streams),
    examine('log', () => examineLog(system, config)),
    ...connectors.map((ready) => examine('target', () => examineTarget(shared, ready))),
    examine('servers', () => system.checkServers(config)),
    examineNotify(config),
    ...SIDES.map((side) => examine('canary', () => examineCanary({ system, config, connectors }, side))),
  ]
  return (await Promise.all(looked)).flat()
}

async function examineLog(system: System, config: Config): Promise<readonly Finding[]> {
  const log = await system.openLog(config)
  try {
    await log.ends(BOOKMARKS)
  } catch (error) {
    // A log that has never been written to has no topics yet, and that is well.
    if (!(error instanceof MillraceError && error.code === 'TOPIC_UNKNOWN')) throw error
  } finally {
    await log.close()
  }
  return [{ check: 'log', isOk: true, detail: config.log.kind === 'file' ? config.log.path : 'Kafka answers' }]
}

async function examineCanary(options: OpenCanaryOptions, side: Side): Promise<readonly Finding[]> {
  const canary = await openCanary(options, side)
  try {
    return canary === null ? [] : [await canary.check()]
  } finally {
    await canary?.close()
  }
}

async function examineNotify(config: Config): Promise<readonly Finding[]> {
  const channels = await notifyChannels(config)
  const findings = channels.map((channel) => {
    return examine(channel.name, async () => {
      await channel.check()
      return [{ check: channel.name, isOk: true, detail: 'messages would be taken' }]
    })
  })
  try {
    return (await Promise.all(findings)).flat()
  } finally {
    for (const channel of channels) await channel.close()
  }
}

function sourceOptions(connectors: readonly ReadyConnector[], side: Side): SourceOptions {
  return { side, tables: followedTables(connectors, side), bookmark: async () => null }
}

async function examineTarget(shared: Shared, ready: ReadyConnector): Promise<readonly Finding[]> {
  const sink = await shared.openSink(sinkOf(ready), { onThrottled: () => undefined })
  try {
    return await sink.check()
  } finally {
    await sink.close()
  }
}

function lookupColumns(connectors: readonly ReadyConnector[]): readonly LookupColumn[] {
  const flows = connectors.flatMap(({ connector }) => Object.values(connector.tables))
  const lookups = flows.flatMap((flow) => Object.values(flow.lookups ?? {}))
  return [...new Map(lookups.map(({ table, by }) => [`${table}.${by}`, { table, by }])).values()]
}

/** A check that cannot be made is a finding as well. */
async function examine(check: string, look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    return [{ check, isOk: false, detail: `${error.code}: ${error.message}`, fix: error.hint }]
  }
}
