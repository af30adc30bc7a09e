// The two ways of a call of the MySQL sink, each by itself: the quick one, which may refuse, and the one that looks at all.

import { ApplyCall } from '../../src/sink/mysql/apply-call.ts'
import { CREATE } from '../../src/sink/mysql/bookkeeping.ts'
import { tasksOf } from '../../src/sink/mysql/decide-call.ts'
import { isPlain, quickPass } from '../../src/sink/mysql/quick-pass.ts'
import { TargetTables } from '../../src/sink/mysql/target-tables.ts'
import { Transactions } from '../../src/sink/mysql/transactions.ts'
import type { Outcome, PlacedWrite } from '../../src/sink/sink.ts'
import type { SinkDatabase } from './sink-database.ts'
import { forever } from './sink-table.ts'

export class QuickCalls implements AsyncDisposable {
  readonly #transactions: Transactions
  readonly #targets: TargetTables

  private constructor(table: SinkDatabase) {
    this.#transactions = new Transactions(table.database.adminUrl)
    this.#targets = new TargetTables(table.targets, this.#transactions.database)
  }

  static async open(table: SinkDatabase): Promise<QuickCalls> {
    for (const statement of CREATE) await table.query(statement)
    return new QuickCalls(table)
  }

  /** Null, and nothing changed, where it refuses. */
  quick(writes: readonly PlacedWrite[]): Promise<readonly Outcome[] | null> {
    const tasks = tasksOf(this.#targets, writes)
    return this.#transactions.run(forever, async (session) => {
      const isMariadb = await this.#transactions.isMariadb(session)
      const by = { session, isMariadb, targets: this.#targets, nowMs: 0 }
      const result = isPlain(tasks) ? await quickPass(by, tasks) : null
      return { result, commits: result !== null }
    })
  }

  careful(writes: readonly PlacedWrite[]): Promise<readonly Outcome[]> {
    const options = { transactions: this.#transactions, targets: this.#targets, signal: forever, nowMs: 0 }
    return new ApplyCall({ ...options, course: { isPlain: false } }, writes).run()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#transactions.close()
  }
}

/** What a call led to: the same for two tables that differ in their names alone. */
export interface End {
  readonly outcomes: readonly Outcome[] | null
  readonly rows: readonly unknown[]
  readonly guards: readonly unknown[]
}

export async function end(table: SinkDatabase, outcomes: readonly Outcome[] | null): Promise<End> {
  const unnamed = JSON.stringify(outcomes).replaceAll(table.name, 'table')
  return {
    outcomes: JSON.parse(unnamed) as End['outcomes'],
    rows: await table.query(`SELECT * FROM ${table.name} ORDER BY id`),
    // Whether any row was ever removed is kept under no row's key.
    guards: await table.query(
      `SELECT row_key, guard, position, mark, made, removed, deleted_at, contests FROM millrace_positions
        WHERE row_key <> '' ORDER BY 1, 2`,
    ),
  }
}
