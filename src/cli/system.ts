// What the commands are given to work with. The composition root fills it in; nobody else names an adapter.

import type { Config } from '../config.ts'
import type { Migration, TargetTable } from '../core/connector.ts'
import type { Side } from '../core/contested.ts'
import type { Finding } from '../core/finding.ts'
import type { EventCodec, RecordCodec, SchemaWriter } from '../log/codec.ts'
import type { Log } from '../log/log.ts'
import type { SharedCache } from '../pipeline/lookup-cache.ts'
import type { AuditTrail } from '../sink/audit-trail.ts'
import type { Canary } from '../sink/canary.ts'
import type { ImportChecks } from '../sink/import-checks.ts'
import type { ImportLedger } from '../sink/import-ledger.ts'
import type { ImportSweep } from '../sink/import-sweep.ts'
import type { ImportUndo } from '../sink/import-undo.ts'
import type { Sink } from '../sink/sink.ts'
import type { ImportAsked, ImportSource } from '../source/import-source.ts'
import type { Bookmark, ChangeSource, LookupCheck, RowLookup, RowSource, TableColumns } from '../source/source.ts'

export type Targets = Readonly<Record<string, TargetTable>>

export type Source = ChangeSource & RowLookup & RowSource & LookupCheck & TableColumns & AsyncDisposable

export interface SourceOptions {
  readonly side: Side
  /** Those whose changes are followed. */
  readonly tables: readonly string[]
  /** The newest one that the log holds, for lookups in a process that does not capture. */
  readonly bookmark: () => Promise<Bookmark | null>
}

export interface Codecs {
  /** A codec that knows what the log holds now. */
  readonly openCodec: (writer?: SchemaWriter) => Promise<EventCodec>
  readonly records: RecordCodec
}

export interface SinkHeard {
  readonly onThrottled: () => void
}

export interface CanaryAsked {
  /** The source it is written into. */
  readonly side: Side
  /** The connectors that it goes to, each with a table that it follows. */
  readonly items: readonly { readonly connector: string; readonly table: string }[]
}

export interface SharedHeard {
  /** The shared cache did not answer. */
  readonly onCacheFailure: () => void
}

/** Tables of one side. */
export interface SinkAsked {
  readonly side: Side
  /** What is written comes from outside, and goes on from there as anybody's change does. */
  readonly isImport: boolean
  readonly targets: Targets
}

export interface Migrating {
  readonly migrations: readonly Migration[]
  readonly direction: 'up' | 'down'
}

/** What processes share, where there is a server for it. */
export interface Shared extends AsyncDisposable {
  readonly cache: SharedCache | null
  openSink(asked: SinkAsked, heard: SinkHeard): Promise<Sink>
}

export interface System {
  readonly version: string
  /** Where the package's own connectors are. */
  readonly packagedConnectors: URL
  /** Where the console's built page is. */
  readonly consolePage: URL
  openLog(config: Config): Promise<Log>
  openCodecs(config: Config, log: Log): Promise<Codecs>
  openSource(config: Config, options: SourceOptions): Promise<Source>
  openImport(config: Config, asked: ImportAsked): Promise<ImportSource>
  /** Makes what connectors bring along and the database lacks, or takes it back. */
  migrate(config: Config, asked: Migrating): Promise<readonly string[]>
  openLedger(config: Config): Promise<ImportLedger>
  openAudit(config: Config): Promise<AuditTrail>
  openCanary(config: Config, asked: CanaryAsked): Promise<Canary>
  openUndo(config: Config, targets: Targets): Promise<ImportUndo>
  openSweep(config: Config, targets: Targets): Promise<ImportSweep>
  openChecks(config: Config, targets: Targets): Promise<ImportChecks>
  openShared(config: Config, heard: SharedHeard): Promise<Shared>
  /** Makes the target tables that are missing: for the demo; elsewhere an operator makes them. */
  createTargets(config: Config, targets: Targets): Promise<void>
  /** What else is configured and has to answer: Redis, the schema registry. */
  checkServers(config: Config): Promise<readonly Finding[]>
}
