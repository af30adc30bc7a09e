#!/usr/bin/env node
// The composition root: the only file that names adapters. Each is loaded when it is asked for, so that a process pays
// for what it uses.

import { readFileSync } from 'node:fs'
import { enableCompileCache, findPackageJSON, getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import type { Shared, SharedHeard, System } from './cli/system.ts'
import type { Config } from './config.ts'
import type { Finding } from './core/finding.ts'
import type { Registry } from './log/avro/registry.ts'
import { systemClock } from './pipeline/clock.ts'
import { keepHeapSteady } from './steady-heap.ts'

/** Beyond what the log keeps: what a person tries once more may be older. */
const DELETES_KEPT_MS = 30 * 86_400_000

const system: System = {
  version: versionOf(findPackageJSON(import.meta.url)),
  packagedConnectors: new URL('../connectors/', import.meta.url),
  consolePage: new URL('./console/page/', import.meta.url),

  async openLog({ log, logRetentionMs }) {
    if (log.kind === 'kafka') {
      const { openKafkaLog } = await import('./log/kafka/kafka-log.ts')
      const { parseKafkaUrl } = await import('./log/kafka/kafka-url.ts')
      return openKafkaLog({ ...parseKafkaUrl(log.url), retentionMs: logRetentionMs })
    }
    const { openSqliteLog } = await import('./log/sqlite/sqlite-log.ts')
    return openSqliteLog({ path: log.path, retentionMs: logRetentionMs })
  },

  async openCodecs(config, log) {
    const { openAvroCodec } = await import('./log/avro/avro-codec.ts')
    const { AvroRecords } = await import('./log/avro/avro-records.ts')
    const registry = await openRegistry(config)
    const options = { log, registry, accept: config.acceptSchema, nowMs: () => Date.now() }
    return {
      openCodec: (writer = 'capture') => openAvroCodec({ ...options, writer }),
      records: new AvroRecords(registry),
    }
  },

  async openSource(config, { side, tables, bookmark }) {
    if (side === 'dynamodb') {
      const { openDynamodbSource } = await import('./source/dynamodb/dynamodb-source.ts')
      const { streamSlices: slices, canary: hearsCanary } = config
      return openDynamodbSource({ ...dynamodbAddress(config), tables, bookmark, slices, hearsCanary })
    }
    const { openMysqlSource } = await import('./source/mysql/mysql-source.ts')
    return openMysqlSource({ url: config.mysqlUrl, tables, bookmark })
  },

  async openImport(config, asked) {
    const { from, settings } = asked
    const shared = { ...asked, privateHosts: config.importPrivateHosts, clock: systemClock }
    switch (from.kind) {
      case 'csv': {
        // Only here: answers of an API are large beside their rows, and so is what they leave in memory.
        const { makeHeapForBatches } = await import('./heap-for-batches.ts')
        makeHeapForBatches('import')
        const { importPath } = await import('./source/csv/import-path.ts')
        const { CsvSource } = await import('./source/csv/csv-source.ts')
        return new CsvSource({ ...asked, ...from, path: await importPath(config.importDir, from.file) })
      }
      case 'api': {
        const { RestSource } = await import('./source/rest/rest-source.ts')
        const { RestAuth } = await import('./core/rest-auth.ts')
        const { Seal } = await import('./core/seal.ts')
        const opened = from.auth === undefined ? null : new Seal(config.mysqlUrl).open(from.auth)
        const auth = opened === null ? ({ type: 'none' } as const) : RestAuth.parse(JSON.parse(opened))
        return new RestSource({ ...shared, spec: from.spec, auth, since: asked.reachedMs.get(asked.table) ?? null })
      }
      case 'square': {
        const { SquareSource } = await import('./source/rest/square/square-source.ts')
        const { URL: url = '', TOKEN: token = '', REQUESTS_PER_SECOND: rate } = settings
        const requestsPerSecond = rate === undefined ? null : Number(rate)
        return new SquareSource({ ...shared, ...from, url, token, requestsPerSecond })
      }
    }
  },

  async openLedger({ mysqlUrl }) {
    const { openMysqlLedger } = await import('./sink/mysql/import/mysql-ledger.ts')
    return openMysqlLedger(mysqlUrl)
  },

  async openAudit({ mysqlUrl }) {
    const { openMysqlAudit } = await import('./sink/mysql/import/mysql-audit.ts')
    return openMysqlAudit(mysqlUrl)
  },

  async openCanary(config, { side, items }) {
    const { openMysqlCanary } = await import('./sink/mysql/mysql-canary.ts')
    const row = openMysqlCanary(config.mysqlUrl)
    if (side === 'mysql') return row
    const { openDynamodbCanary } = await import('./sink/dynamodb/dynamodb-canary.ts')
    const item = await openDynamodbCanary({ ...dynamodbAddress(config), items })
    return {
      check: () => item.check(),
      sing: async (signal) => {
        // Where it arrives.
        await row.make(signal)
        await item.sing(signal)
      },
      close: async () => void (await Promise.all([row.close(), item.close()])),
    }
  },

  async openUndo({ mysqlUrl: url }, targets) {
    const { openMysqlUndo } = await import('./sink/mysql/import/mysql-undo.ts')
    return openMysqlUndo({ url, targets })
  },

  async openSweep({ mysqlUrl: url, logRetentionMs }, targets) {
    const { openMysqlSweep } = await import('./sink/mysql/import/mysql-sweep.ts')
    return openMysqlSweep({ url, targets, deletesKeptMs: logRetentionMs + DELETES_KEPT_MS })
  },

  async openChecks({ mysqlUrl: url }, targets) {
    const { openMysqlChecks } = await import('./sink/mysql/import/mysql-checks.ts')
    return openMysqlChecks({ url, targets })
  },

  async migrate({ mysqlUrl }, { migrations, direction }) {
    const { migrate } = await import('./sink/mysql/migrate.ts')
    const { LEDGER_MIGRATION, LEDGER_UPGRADE } = await import('./sink/mysql/import/ledger-tables.ts')
    const { AUDIT_MIGRATION } = await import('./sink/mysql/import/audit-table.ts')
    // The record of who did what outlives what was done.
    const audit = direction === 'up' ? [AUDIT_MIGRATION] : []
    return migrate({
      url: mysqlUrl,
      migrations: [LEDGER_MIGRATION, LEDGER_UPGRADE, ...audit, ...migrations],
      direction,
    })
  },

  async openShared(config, { onCacheFailure }) {
    const opened = new AsyncDisposableStack()
    const cache = await openCache(config, { opened, onCacheFailure })
    const budget = await openBudget(config, opened)
    const options = { ...dynamodbAddress(config), ...(budget === null ? {} : { budget }) }
    const shared: Shared = {
      cache,
      async openSink({ side, isImport, targets }, heard) {
        if (side === 'dynamodb') {
          const { openDynamodbSink } = await import('./sink/dynamodb/dynamodb-sink.ts')
          return openDynamodbSink({ ...options, ...heard, targets })
        }
        if (isImport) {
          const { openImportSink } = await import('./sink/mysql/import/import-sink.ts')
          return openImportSink({ url: config.mysqlUrl, targets })
        }
        const { openMysqlSink } = await import('./sink/mysql/mysql-sink.ts')
        return openMysqlSink({ url: config.mysqlUrl, targets })
      },
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    }
    return shared
  },

  async createTargets(config, targets) {
    const { createTables } = await import('./sink/dynamodb/create-tables.ts')
    await createTables({ ...dynamodbAddress(config), targets })
  },

  async checkServers(config) {
    const findings: Finding[] = []
    const registry = await openRegistry(config)
    if (registry !== null) findings.push(await checkRegistry(registry))
    if (config.redisUrl !== null) {
      const { checkRedis } = await import('./cli/check-redis.ts')
      findings.push(await checkRedis(config.redisUrl))
    }
    return findings
  },
}

function dynamodbAddress({ dynamodbEndpoint, region }: Config) {
  return {
    ...(dynamodbEndpoint === null ? {} : { endpoint: dynamodbEndpoint }),
    ...(region === null ? {} : { region }),
  }
}

async function openRegistry({ schemaRegistryUrl }: Config): Promise<Registry | null> {
  if (schemaRegistryUrl === null) return null
  const { Registry } = await import('./log/avro/registry.ts')
  return new Registry(schemaRegistryUrl)
}

/** Write units a second for all connectors, and with Redis for all processes. */
async function openBudget({ writeUnits: unitsPerSecond, redisUrl }: Config, opened: AsyncDisposableStack) {
  if (unitsPerSecond === null) return null
  if (redisUrl !== null) {
    const { SharedBudget } = await import('./sink/dynamodb/shared-budget.ts')
    const budget = await SharedBudget.open({ unitsPerSecond, redisUrl, name: 'dynamodb' })
    return opened.adopt(budget, (one) => one.close())
  }
  const { LocalBudget } = await import('./sink/dynamodb/write-budget.ts')
  return new LocalBudget({ unitsPerSecond })
}

async function openCache(
  { redisUrl }: Config,
  { opened, onCacheFailure }: SharedHeard & { opened: AsyncDisposableStack },
) {
  if (redisUrl === null) return null
  const { RedisCache } = await import('./pipeline/redis-cache.ts')
  return opened.adopt(new RedisCache(redisUrl, onCacheFailure), (one) => one.close())
}

async function checkRegistry(registry: Registry): Promise<Finding> {
  // Any question will do.
  await registry.newest('millrace')
  return { check: 'schema registry', isOk: true, detail: 'answers' }
}

function versionOf(file: string | undefined): string {
  if (file === undefined) return 'unknown'
  return String((JSON.parse(readFileSync(file, 'utf8')) as { version: unknown }).version)
}

// Compiled code is kept between runs: half of the time to the first event would go into compiling it anew. It works for
// what is imported from here on.
enableCompileCache()
// Threads find it by this variable; each would else load the compiler that strips types, at 17 MB.
const compiled = getCompileCacheDir()
if (compiled !== undefined) process.env.NODE_COMPILE_CACHE ??= dirname(compiled)
keepHeapSteady()
const { runCli } = await import('./cli/cli.ts')
const { commands } = await import('./cli/commands.ts')
const { processTerminal } = await import('./cli/terminal.ts')

const code = await runCli(process.argv.slice(2), {
  commands: commands(system),
  version: system.version,
  terminal: processTerminal(),
})
// What still hangs after an orderly end must not keep the process; what was printed is on its way out first.
process.stdout.write('', () => process.exit(code))
