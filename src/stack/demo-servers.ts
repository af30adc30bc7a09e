// What the demo runs on: the database and the DynamoDB that are named, else local ones, whichever this machine has.

import { MillraceError } from '../core/errors.ts'
import type { DatabaseServer } from './database-server.ts'
import { openDynamodbLocal } from './dynamodb-local.ts'
import { openDynoxide } from './dynoxide.ts'
import { openMariadb } from './mariadb.ts'
import { openMysql } from './mysql.ts'
import { onPath } from './program.ts'
import type { Server } from './server.ts'

export interface DemoServers extends AsyncDisposable {
  readonly mysqlUrl: string
  /** Of an account that may make tables and write, as the restaurants' site does. */
  readonly siteUrl: string
  readonly dynamodbEndpoint: string
}

export interface NamedServers {
  readonly mysqlUrl?: string | undefined
  readonly dynamodbEndpoint?: string | undefined
}

export async function openDemoServers(named: NamedServers): Promise<DemoServers> {
  await using opened = new AsyncDisposableStack()
  const emulator = named.dynamodbEndpoint === undefined ? opened.use(await openEmulator()) : null
  const database = named.mysqlUrl === undefined ? opened.use(await openDatabase()) : null
  const kept = opened.move()
  return {
    mysqlUrl: database?.url ?? named.mysqlUrl ?? '',
    siteUrl: database?.adminUrl ?? named.mysqlUrl ?? '',
    dynamodbEndpoint: emulator?.url ?? named.dynamodbEndpoint ?? '',
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** An installed one before one that has to be downloaded; of those, MariaDB is the smaller. */
function openDatabase(): Promise<DatabaseServer> {
  return onPath('mariadbd') === null && onPath('mysqld') !== null ? openMysql() : openMariadb()
}

async function openEmulator(): Promise<Server & { readonly url: string }> {
  try {
    return await openDynoxide()
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'STACK_MISSING') return openDynamodbLocal()
    throw error
  }
}
