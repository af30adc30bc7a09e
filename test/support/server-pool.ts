// The servers that all test files of a run share: those named in the environment, else ones of our own, each opened
// when it is first asked for and closed at the end of the run.

import mysql from 'mysql2/promise'
import { CAPTURE, captureAccount, DatabaseServer, type Flavour } from '../../src/stack/database-server.ts'
import { openDynamodbLocal } from '../../src/stack/dynamodb-local.ts'
import { openDynoxide } from '../../src/stack/dynoxide.ts'
import { openKafka } from '../../src/stack/kafka.ts'
import { MARIADB, openMariadb } from '../../src/stack/mariadb.ts'
import { MYSQL, openMysql } from '../../src/stack/mysql.ts'
import { openRedis } from '../../src/stack/redis.ts'
import type { ServerName, SharedDatabase, SharedServer } from './shared-server.ts'

type Own = SharedServer & AsyncDisposable

interface Kind {
  readonly variable: string
  readonly open: () => Promise<Own>
  readonly describe: (server: SharedServer) => Promise<SharedServer>
}

const KINDS = {
  mysql: { variable: 'MILLRACE_TEST_MYSQL_URL', open: openMysql, describe: databaseOf(MYSQL) },
  mariadb: { variable: 'MILLRACE_TEST_MARIADB_URL', open: openMariadb, describe: databaseOf(MARIADB) },
  kafka: { variable: 'MILLRACE_TEST_KAFKA', open: openKafka, describe: plain },
  dynamodbLocal: { variable: 'MILLRACE_TEST_DYNAMODB_ENDPOINT', open: openDynamodbLocal, describe: plain },
  dynoxide: { variable: 'MILLRACE_TEST_DYNOXIDE_ENDPOINT', open: openDynoxide, describe: plain },
  redis: { variable: 'MILLRACE_TEST_REDIS_URL', open: openRedis, describe: plain },
} as const satisfies Record<ServerName, Kind>

export class ServerPool implements AsyncDisposable {
  readonly #asked = new Map<ServerName, Promise<SharedServer>>()
  readonly #own = new AsyncDisposableStack()

  /** What a test needs to reach the server; opens it when nobody asked before. */
  get(name: ServerName): Promise<SharedServer> {
    const server = this.#asked.get(name) ?? this.#open(KINDS[name])
    this.#asked.set(name, server)
    return server
  }

  /** Opens them all; resolves when each answers or cannot be had. */
  async openAll(): Promise<void> {
    await Promise.allSettled((Object.keys(KINDS) as ServerName[]).map((name) => this.get(name)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#asked.values())
    await this.#own.disposeAsync()
  }

  async #open({ variable, open, describe }: Kind): Promise<SharedServer> {
    const url = process.env[variable]
    return describe(url === undefined ? this.#own.use(await open()) : { url })
  }
}

async function plain({ url }: SharedServer): Promise<SharedServer> {
  return { url }
}

function databaseOf(flavour: Flavour): (server: SharedServer) => Promise<SharedDatabase> {
  return async (server) => {
    const { name } = flavour
    if (server instanceof DatabaseServer) return { flavour: name, url: server.url, adminUrl: server.adminUrl }
    const connection = await mysql.createConnection(server.url)
    for (const statement of captureAccount(flavour)) await connection.query(statement)
    await connection.end()
    const url = Object.assign(new URL(server.url), { username: CAPTURE.user, password: CAPTURE.password })
    return { flavour: name, url: url.href, adminUrl: server.url }
  }
}
