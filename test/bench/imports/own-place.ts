// A database, a folder and a log for one process of the command: gone when what they are opened with is disposed of.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseServer } from '../../../src/stack/database-server.ts'
import { type FreshDatabase, freshDatabase } from '../../support/fresh-database.ts'
import type { Settings } from '../../support/millrace.ts'

export interface OwnPlace {
  readonly database: FreshDatabase
  readonly settings: Settings
}

export async function ownPlace(opened: AsyncDisposableStack, server: DatabaseServer): Promise<OwnPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
  opened.defer(() => rm(folder, { recursive: true }))
  const database = opened.use(await freshDatabase(server))
  const log = `file:${join(folder, 'log.db')}`
  return { database, settings: { MILLRACE_MYSQL_URL: database.adminUrl, MILLRACE_LOG: log } }
}
