// What has to be true of the target tables before writes can be applied, each with the command that makes it so.

import type { Finding } from '../../core/finding.ts'
import { EXPIRES } from '../../dynamodb/bookkeeping.ts'
import { troubleOf } from '../../dynamodb/trouble.ts'
import type { Requests } from './requests.ts'
import type { TargetTables } from './target-tables.ts'

export interface TablesOptions {
  readonly requests: Requests
  readonly targets: TargetTables
  readonly signal: AbortSignal
}

interface KeyPart {
  readonly AttributeName: string
  readonly KeyType: string
}

interface Described {
  readonly Table?: {
    readonly TableStatus?: string
    readonly KeySchema?: readonly KeyPart[]
    readonly AttributeDefinitions?: readonly { readonly AttributeName: string; readonly AttributeType: string }[]
  }
}

const READ = { units: 0, weight: 1 }

export async function checkTables(options: TablesOptions): Promise<readonly Finding[]> {
  const findings = await Promise.all(options.targets.names.map((table) => checkTable(options, table)))
  return findings.flat()
}

async function checkTable(options: TablesOptions, table: string): Promise<readonly Finding[]> {
  const found = await describeTable(options, table)
  const check = `DynamoDB table ${table}`
  const names = options.targets.keyNames(table)
  if (found === null) {
    return [{ check, isOk: false, detail: 'it does not exist', fix: createCommand(table, names) }]
  }
  const key = keyOf(found)
  const wanted = names.map((name) => `${name} (S)`).join(', ')
  if (key !== wanted) {
    const fix = `Name its key attributes in the connector's settings, or make a table with: ${createCommand(table, names)}`
    return [{ check, isOk: false, detail: `its key is ${key}, but the connector writes ${wanted}`, fix }]
  }
  return [{ check, isOk: true, detail: `key ${key}` }, await checkExpiry(options, table)]
}

/** Null when there is no such table. */
export async function describeTable({ requests, signal }: TablesOptions, table: string): Promise<Described | null> {
  try {
    return await requests.call<Described>('DescribeTable', { TableName: table }, { ...READ, signal })
  } catch (error) {
    if (troubleOf((error as Error).cause ?? error) === 'missing') return null
    throw error
  }
}

function keyOf({ Table: table }: Described): string {
  const types = new Map(table?.AttributeDefinitions?.map((one) => [one.AttributeName, one.AttributeType]))
  const parts = [...(table?.KeySchema ?? [])].sort((one, other) => one.KeyType.localeCompare(other.KeyType))
  return parts.map(({ AttributeName: name }) => `${name} (${types.get(name)})`).join(', ')
}

/** Without expiry nothing is wrong, but tombstones stay for ever. */
async function checkExpiry({ requests, signal }: TablesOptions, table: string): Promise<Finding> {
  const answer = await requests.call<{
    TimeToLiveDescription?: { TimeToLiveStatus?: string; AttributeName?: string }
  }>('DescribeTimeToLive', { TableName: table }, { ...READ, signal })
  const { TimeToLiveStatus: status, AttributeName: name } = answer.TimeToLiveDescription ?? {}
  const check = `DynamoDB table ${table}, expiry of tombstones`
  if (status?.startsWith('ENABL') && name === EXPIRES) return { check, isOk: true, detail: `by ${EXPIRES}` }
  const specification = `Enabled=true,AttributeName=${EXPIRES}`
  return {
    check,
    isOk: true,
    detail: 'off: items that were deleted at the source leave a tombstone for ever',
    fix: `aws dynamodb update-time-to-live --table-name ${table} --time-to-live-specification ${specification}`,
  }
}

function createCommand(table: string, [partition, sort]: readonly string[]): string {
  const attributes = [partition, sort].flatMap((name) =>
    name === undefined ? [] : `AttributeName=${name},AttributeType=S`,
  )
  const range = sort === undefined ? '' : ` AttributeName=${sort},KeyType=RANGE`
  return [
    `aws dynamodb create-table --table-name ${table} --billing-mode PAY_PER_REQUEST`,
    `--attribute-definitions ${attributes.join(' ')}`,
    `--key-schema AttributeName=${partition},KeyType=HASH${range}`,
  ].join(' ')
}
