// The desk that takes orders for syncs, for a command: it needs the log, and the source to know its venues.

import { SyncDesk } from '../pipeline/sync-desk.ts'
import type { Call } from './command.ts'
import { type OpenDesk, openDesk } from './open-desk.ts'
import { openSource } from './open-source.ts'
import { followedTables } from './source-tables.ts'
import type { System } from './system.ts'

export interface OpenSyncDesk extends AsyncDisposable, Pick<OpenDesk, 'desk' | 'connectors' | 'log' | 'records'> {
  readonly syncDesk: SyncDesk
}

export async function openSyncDesk(system: System, call: Pick<Call, 'env' | 'signal'>): Promise<OpenSyncDesk> {
  await using opened = new AsyncDisposableStack()
  const { desk, book, log, records, config, connectors: ready } = opened.use(await openDesk(system, call))
  const tables = followedTables(ready, 'mysql')
  const source = opened.use(await openSource({ system, config, side: 'mysql', tables, log, records }))
  const connectors = ready.map(({ connector }) => connector)
  const syncDesk = new SyncDesk({ desk, book, source, connectors, signal: call.signal })
  const all = opened.move()
  return { desk, syncDesk, connectors: ready, log, records, [Symbol.asyncDispose]: () => all.disposeAsync() }
}
