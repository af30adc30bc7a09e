// A second server that follows a local one by GTID, from its first transaction on, and can take its place.

import type { DatabaseOptions, DatabaseServer } from './database-server.ts'
import { ADMIN, openDatabaseServer } from './database-server.ts'

const WAIT_S_MAX = 30

class Replica implements AsyncDisposable {
  readonly server: DatabaseServer
  readonly #primary: DatabaseServer

  constructor(server: DatabaseServer, primary: DatabaseServer) {
    this.server = server
    this.#primary = primary
  }

  /** Resolves when it has everything that the primary holds at the time of the call. */
  async caughtUp(): Promise<void> {
    const { written, waitFor } = this.server.flavour.replication
    const [primary] = await this.#primary.query(`SELECT ${written} AS gtids`)
    const [waited] = await this.server.query(`SELECT ${waitFor}('${primary?.gtids}', ${WAIT_S_MAX}) AS outcome`)
    if (waited?.outcome !== 0) throw new Error(`the replica did not catch up with ${primary?.gtids}`)
  }

  /** Ends its following; from here on it is a primary of its own. */
  async promote(): Promise<void> {
    await this.server.query(...this.server.flavour.replication.promote)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
  }
}

export async function openReplica(of: DatabaseServer, options: DatabaseOptions = {}): Promise<Replica> {
  const server = await openDatabaseServer(of.flavour, options)
  await server.query(...of.flavour.replication.follow({ ...ADMIN, port: of.port }))
  return new Replica(server, of)
}
