import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { describeLog } from '../contract/log.ts'

describeLog('the log in a SQLite file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-log-'))
  return {
    open: () => openSqliteLog({ path: join(folder, 'log.db') }),
    close: async () => rmSync(folder, { recursive: true }),
  }
})
