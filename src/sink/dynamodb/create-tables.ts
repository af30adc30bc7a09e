// Makes the target tables that are missing, for the demo and for tests; in production an operator makes them.

import { setTimeout as delay } from 'node:timers/promises'
import type { TargetTable } from '../../core/connector.ts'
import { EXPIRES } from '../../dynamodb/bookkeeping.ts'
import type { Address } from '../../dynamodb/client-config.ts'
import { Transport } from '../../dynamodb/transport.ts'
import { describeTable, type TablesOptions } from './check.ts'
import { Pace } from './pace.ts'
import { Requests } from './requests.ts'
import { TargetTables } from './target-tables.ts'

export interface CreateTablesOptions extends Address {
  readonly targets: Readonly<Record<string, TargetTable>>
}

const ONE = { units: 0, weight: 1 }
const POLL_MS = 100

export async function createTables(
  options: CreateTablesOptions,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const transport = await Transport.open(options)
  try {
    const requests = new Requests({ transport, budget: null, pace: new Pace({ inFlightMax: 4, now: Date.now }) })
    const targets = new TargetTables(options.targets)
    for (const table of targets.names) await createTable({ requests, targets, signal }, table)
  } finally {
    transport.close()
  }
}

async function createTable(options: TablesOptions, table: string): Promise<void> {
  if ((await describeTable(options, table)) !== null) return
  const { requests, targets, signal } = options
  const names = targets.keyNames(table)
  const schema = names.map((name, index) => ({ AttributeName: name, KeyType: index === 0 ? 'HASH' : 'RANGE' }))
  const definitions = names.map((name) => ({ AttributeName: name, AttributeType: 'S' }))
  const input = {
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: schema,
    AttributeDefinitions: definitions,
  }
  await requests.call('CreateTable', input, { ...ONE, signal })
  while ((await describeTable(options, table))?.Table?.TableStatus !== 'ACTIVE')
    await delay(POLL_MS, undefined, { signal })
  const expiry = { TableName: table, TimeToLiveSpecification: { Enabled: true, AttributeName: EXPIRES } }
  await requests.call('UpdateTimeToLive', expiry, { ...ONE, signal })
}
