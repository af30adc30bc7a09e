// The MySQL sink of imports. Positions stand in the rows themselves, in tables that the connector brings along; so a row
// that did not change costs a look and no write, and what a run did can be taken back.

import type { TargetTable } from '../../../core/connector.ts'
import type { Finding } from '../../../core/finding.ts'
import type { Write } from '../../../core/write.ts'
import type { Compared, ItemsPage, ItemsRequest, Outcome, PlacedWrite, Sink } from '../../sink.ts'
import { CREATE } from '../bookkeeping.ts'
import { checkTables } from '../check.ts'
import type { Session } from '../session.ts'
import { TargetTables } from '../target-tables.ts'
import { Transactions } from '../transactions.ts'
import { foreseePuts } from './foresee-puts.ts'
import { IMPORT_TABLES } from './import-tables.ts'
import { putCall } from './put-call.ts'
import { beginRebuild } from './rebuild.ts'
import { KnownRuns } from './runs-table.ts'

export interface ImportSinkOptions {
  readonly url: string
  readonly targets: Readonly<Record<string, TargetTable>>
}

export async function openImportSink(options: ImportSinkOptions): Promise<Sink> {
  return new ImportSink(options)
}

class ImportSink implements Sink {
  readonly #transactions: Transactions
  readonly #targets: TargetTables
  #areTablesMade = false
  /** Those that are known to have begun. */
  readonly #rebuilds = new Set<string>()
  readonly #fresh = new Set<string>()
  readonly #runs = new KnownRuns()

  constructor({ url, targets }: ImportSinkOptions) {
    this.#transactions = new Transactions(url)
    this.#targets = new TargetTables(targets, this.#transactions.database)
  }

  check(): Promise<readonly Finding[]> {
    const { database, user } = this.#transactions
    return this.#use(new AbortController().signal, (session) => {
      return checkTables({ session, targets: this.#targets, database, user })
    })
  }

  async apply(writes: readonly PlacedWrite[], signal: AbortSignal): Promise<readonly Outcome[]> {
    signal.throwIfAborted()
    if (writes.length === 0) return []
    if (!this.#areTablesMade) await this.#use(signal, makeTables)
    this.#areTablesMade = true
    await this.#beginRebuilds(writes, signal)
    const shared = {
      transactions: this.#transactions,
      targets: this.#targets,
      signal,
      fresh: this.#fresh,
      known: this.#runs,
    }
    return this.#targets.unlessAltered(() => putCall(shared, writes))
  }

  /** What is replayed begins nothing. */
  async #beginRebuilds(writes: readonly PlacedWrite[], signal: AbortSignal): Promise<void> {
    for (const { write, broughtBy, run } of writes) {
      if (broughtBy === undefined || run !== undefined || !this.#targets.target(write.table).isRebuilt) continue
      const rebuild = { table: write.table, run: broughtBy }
      const name = JSON.stringify(rebuild)
      if (this.#rebuilds.has(name)) continue
      await this.#use(signal, (session) => beginRebuild(session, rebuild))
      this.#rebuilds.add(name)
    }
  }

  foresee(writes: readonly PlacedWrite[], signal: AbortSignal): Promise<readonly Outcome[]> {
    return this.#use(signal, async (session) => {
      const isMariadb = await this.#transactions.isMariadb(session)
      return foreseePuts({ session, isMariadb, targets: this.#targets }, writes)
    })
  }

  /** Nobody verifies an import: what it brought is held against its source by the next one. */
  async compare(writes: readonly Write[]): Promise<readonly Compared[]> {
    return writes.map(() => ({ differences: [], met: [] }))
  }

  async items({ table }: ItemsRequest): Promise<ItemsPage> {
    throw new RangeError(`nobody walks through the items of ${table}`)
  }

  close(): Promise<void> {
    return this.#transactions.close()
  }

  #use<Result>(signal: AbortSignal, work: (session: Session) => Promise<Result>): Promise<Result> {
    return this.#targets.unlessAltered(() => this.#transactions.ask(signal, work))
  }
}

/** Outside of any transaction, which making a table would end. */
async function makeTables(session: Session): Promise<void> {
  for (const statement of [...CREATE, ...IMPORT_TABLES.up]) await session.write(statement)
}
