// The MySQL sink: every write of a connector, made safe to repeat. What it relies on stands in tables of its own beside
// the target's, and changes in the same transaction.

import type { TargetTable } from '../../core/connector.ts'
import { CURSORS_TABLE } from '../../core/cursors-table.ts'
import type { Finding } from '../../core/finding.ts'
import type { Write } from '../../core/write.ts'
import type { Compared, ItemsPage, ItemsRequest, Outcome, PlacedWrite, Sink } from '../sink.ts'
import { ApplyCall, type Course } from './apply-call.ts'
import { CREATE, POSITIONS_TABLE } from './bookkeeping.ts'
import { checkTables } from './check.ts'
import { comparison } from './comparison.ts'
import { foresee } from './foresee.ts'
import { itemsPage } from './items-page.ts'
import type { Loading } from './load-rows.ts'
import type { Session } from './session.ts'
import { TargetTables } from './target-tables.ts'
import { Transactions } from './transactions.ts'
import { troubleOf } from './trouble.ts'

export interface MysqlSinkOptions {
  readonly url: string
  readonly targets: Readonly<Record<string, TargetTable>>
  readonly now?: () => number
}

type Looking = Loading & { readonly targets: TargetTables; readonly nowMs: number }

export async function openMysqlSink(options: MysqlSinkOptions): Promise<Sink> {
  return new MysqlSink(options)
}

class MysqlSink implements Sink {
  readonly #transactions: Transactions
  readonly #targets: TargetTables
  readonly #now: () => number
  readonly #course: Course = { isPlain: true }
  #areTablesMade = false

  constructor({ url, targets, now = Date.now }: MysqlSinkOptions) {
    this.#transactions = new Transactions(url)
    this.#targets = new TargetTables(targets, this.#transactions.database)
    this.#now = now
  }

  check(): Promise<readonly Finding[]> {
    const { database, user } = this.#transactions
    return this.#use(new AbortController().signal, (session) => {
      return checkTables({ session, targets: this.#targets, database, user })
    })
  }

  async apply(writes: readonly PlacedWrite[], signal: AbortSignal): Promise<readonly Outcome[]> {
    signal.throwIfAborted()
    const shared = { transactions: this.#transactions, targets: this.#targets, signal, course: this.#course }
    const call = new ApplyCall({ ...shared, nowMs: this.#now() }, writes)
    if (writes.length === 0) return []
    if (!this.#areTablesMade) await this.#use(signal, makeTables)
    this.#areTablesMade = true
    return this.#targets.unlessAltered(() => call.run())
  }

  foresee(writes: readonly PlacedWrite[], signal: AbortSignal): Promise<readonly Outcome[]> {
    return this.#look(signal, (by) => foresee(by, writes))
  }

  compare(
    writes: readonly Write[],
    { signal }: { readonly isSure: boolean; readonly signal: AbortSignal },
  ): Promise<readonly Compared[]> {
    return this.#look(signal, (by) => comparison(by, writes))
  }

  items(request: ItemsRequest, signal: AbortSignal): Promise<ItemsPage> {
    return this.#look(signal, (by) => itemsPage(by, request))
  }

  close(): Promise<void> {
    return this.#transactions.close()
  }

  #look<Result>(signal: AbortSignal, work: (by: Looking) => Promise<Result>): Promise<Result> {
    return this.#use(signal, async (session) => {
      const isMariadb = await this.#transactions.isMariadb(session)
      return work({ session, isMariadb, locks: false, targets: this.#targets, nowMs: this.#now() })
    })
  }

  #use<Result>(signal: AbortSignal, work: (session: Session) => Promise<Result>): Promise<Result> {
    return this.#targets.unlessAltered(() => this.#transactions.ask(signal, work))
  }
}

/** Outside of any transaction, which making a table would end. */
async function makeTables(session: Session): Promise<void> {
  try {
    await session.rows(`SELECT 1 FROM ${CURSORS_TABLE}, ${POSITIONS_TABLE} LIMIT 0`)
  } catch (error) {
    if (troubleOf(error) !== 'missing') throw error
    for (const statement of CREATE) await session.write(statement)
  }
}
