// A MySQL of a test's own, for what would disturb others in a shared one; gone when the test has finished.

import { onTestFinished } from 'vitest'
import type { DatabaseOptions, DatabaseServer } from '../../src/stack/database-server.ts'
import { openMysql } from '../../src/stack/mysql.ts'

export async function ownMysql(options: DatabaseOptions = {}): Promise<DatabaseServer> {
  const server = await openMysql(options)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}
