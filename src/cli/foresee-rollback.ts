// What taking an import back would do, asked of the tables as they are now.

import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { dryRollback, rolledBackTables } from '../pipeline/rollback.ts'
import type { RunBook } from '../pipeline/run-book.ts'
import type { ImportUndo } from '../sink/import-undo.ts'
import { notHere } from './not-here.ts'
import type { Targets } from './system.ts'

export interface RollbackPlace {
  readonly book: RunBook
  readonly connectors: readonly ReadyConnector[]
  readonly openUndo: (targets: Targets) => Promise<ImportUndo>
}

export async function foreseeRollback({ book, connectors, openUndo }: RollbackPlace, run: string, signal: AbortSignal) {
  const tables = rolledBackTables(book, run)
  const name = book.get(run)?.order.connector ?? ''
  const ready = connectors.find(({ connector }) => connector.name === name)
  if (ready === undefined) throw notHere(name)
  const undo = await openUndo(ready.targets)
  try {
    return await dryRollback(undo, { run, tables }, signal)
  } finally {
    await undo.close()
  }
}
