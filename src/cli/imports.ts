// What a process imports with: where rows come from, what looks after the tables that they fill, and where it is put on record.

import type { Config } from '../config.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import type { AuditTrail } from '../sink/audit-trail.ts'
import type { ImportChecks } from '../sink/import-checks.ts'
import type { ImportLedger } from '../sink/import-ledger.ts'
import type { ImportSweep } from '../sink/import-sweep.ts'
import type { ImportUndo } from '../sink/import-undo.ts'
import type { ImportAsked, ImportSource } from '../source/import-source.ts'
import type { System, Targets } from './system.ts'

export interface Imports extends AsyncDisposable {
  readonly openSource: (asked: ImportAsked) => Promise<ImportSource>
  readonly openUndo: (targets: Targets) => Promise<ImportUndo>
  readonly openSweep: (targets: Targets) => Promise<ImportSweep>
  readonly openChecks: (targets: Targets) => Promise<ImportChecks>
  /** Of the imports that this process delivers; null where it delivers none. */
  readonly ledger: ImportLedger | null
  /** Who did what to imports; null where there are none. */
  readonly trail: AuditTrail | null
}

export interface ImportsOptions {
  readonly system: System
  readonly config: Config
  readonly connectors: readonly ReadyConnector[]
  /** Of them those that this process delivers for. */
  readonly delivered: readonly ReadyConnector[]
}

export async function importsOf({ system, config, connectors, delivered }: ImportsOptions): Promise<Imports> {
  await using opened = new AsyncDisposableStack()
  const ledger = delivered.some(isImporting) ? await system.openLedger(config) : null
  opened.defer(() => ledger?.close())
  const trail = connectors.some(isImporting) ? await system.openAudit(config) : null
  opened.defer(() => trail?.close())
  const all = opened.move()
  return {
    openSource: (asked) => system.openImport(config, asked),
    openUndo: (targets) => system.openUndo(config, targets),
    openSweep: (targets) => system.openSweep(config, targets),
    openChecks: (targets) => system.openChecks(config, targets),
    ledger,
    trail,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

function isImporting({ connector }: ReadyConnector): boolean {
  return connector.source === 'import'
}
