// Where runs are measured: a MySQL server, and a folder for logs.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseServer } from '../../../src/stack/database-server.ts'
import { openMysql } from '../../../src/stack/mysql.ts'

export interface Place extends AsyncDisposable {
  readonly mysql: DatabaseServer
  readonly folder: string
}

export async function openPlace(): Promise<Place> {
  await using opened = new AsyncDisposableStack()
  const mysql = opened.use(await openMysql())
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
  opened.defer(() => rm(folder, { recursive: true }))
  const all = opened.move()
  return { mysql, folder, [Symbol.asyncDispose]: () => all.disposeAsync() }
}
