// Deletes rows that the source of an import has no more. What they were is kept for the run, as of any row that it deletes,
// so they come back when it is taken back, and how many there were is known whatever was repeated.

import { quotedName } from '../../../mysql/sql-name.ts'
import type { ImportSweep, SweepRequest, SweptPage } from '../../import-sweep.ts'
import { binaryLiteral } from '../literal.ts'
import { rowKey } from '../row-key.ts'
import type { Session } from '../session.ts'
import { TargetTables } from '../target-tables.ts'
import { Transactions } from '../transactions.ts'
import type { FilledTables } from './filled-tables.ts'
import { keepGone, pruneGone } from './gone-table.ts'
import { keepRebuilt } from './keep-rebuilt.ts'
import { keepUndo, SWEPT } from './keep-undo.ts'
import { loadStanding } from './load-standing.ts'
import { ownRows } from './own-rows.ts'
import { type Putting, puttingInto } from './putting.ts'
import {
  besideName,
  endOlderRebuilds,
  endRebuild,
  endRebuildsOf,
  isThere,
  isUnderWay,
  type Rebuild,
  swapIn,
} from './rebuild.ts'
import { type EnteredRun, enterRuns } from './runs-table.ts'
import { SEEN_TABLE } from './seen-table.ts'
import { sendStanding } from './send-standing.ts'
import type { StandingRow } from './standing-row.ts'
import { UNDO_TABLE } from './undo-table.ts'

export interface SweptTables extends FilledTables {
  /** For how long it is known what was deleted: longer than the log keeps what could bring it back. */
  readonly deletesKeptMs: number
}

export function openMysqlSweep(tables: SweptTables): ImportSweep {
  return new MysqlSweep(tables)
}

class MysqlSweep implements ImportSweep {
  readonly #transactions: Transactions
  readonly #targets: TargetTables
  readonly #deletesKeptMs: number

  constructor({ url, targets, deletesKeptMs }: SweptTables) {
    this.#transactions = new Transactions(url)
    this.#targets = new TargetTables(targets, this.#transactions.database)
    this.#deletesKeptMs = deletesKeptMs
  }

  page(request: SweepRequest, signal: AbortSignal): Promise<SweptPage> {
    if (request.sweep.how === 'rebuilt') return this.#swap(request, signal)
    return this.#transactions.run(signal, async (session) => {
      return { result: await this.#page(session, request), commits: true }
    })
  }

  async #swap({ table, run, rowsMax, spares = false }: SweepRequest, signal: AbortSignal): Promise<SweptPage> {
    const rebuild = { table, run }
    const kept = await this.#transactions.run(signal, async (session) => {
      const { by, entered } = await this.#enter(session, rebuild)
      if (!(await isUnderWay(session, rebuild))) return { result: 'over' as const, commits: false }
      if (entered.isUndone || !(await isAnySeen(session, rebuild))) return { result: 'idle' as const, commits: false }
      // It was swapped, and the process died before it could say so.
      if (!(await isThere(session, besideName(rebuild)))) return { result: 'all' as const, commits: false }
      const isMore = await keepRebuilt({ by, run: entered, rowsMax, spares })
      return { result: isMore ? ('some' as const) : ('all' as const), commits: true }
    })
    return this.#transactions.ask(signal, async (session) => {
      if (kept === 'idle') await endRebuild(session, rebuild)
      if (kept === 'all') {
        await swapIn(session, rebuild)
        await endOlderRebuilds(session, rebuild)
      }
      return { swept: await countSwept(session, rebuild), isOver: kept !== 'some' }
    })
  }

  async #enter(session: Session, { table, run }: Rebuild): Promise<{ by: Putting; entered: EnteredRun }> {
    const isMariadb = await this.#transactions.isMariadb(session)
    const entered = (await enterRuns(session, [run])).get(run)
    if (entered === undefined) throw new RangeError(`the run ${run} did not enter`)
    return { entered, by: await puttingInto(table, { session, targets: this.#targets, isMariadb, locks: true }) }
  }

  forget(run: string): Promise<void> {
    return this.#transactions.ask(new AbortController().signal, async (session) => {
      await session.write(`DELETE FROM ${SEEN_TABLE} WHERE run = ${binaryLiteral(run)}`)
      await endRebuildsOf(session, run)
      await pruneGone(session, this.#deletesKeptMs)
    })
  }

  close(): Promise<void> {
    return this.#transactions.close()
  }

  async #page(session: Session, request: SweepRequest): Promise<SweptPage> {
    const { table, run, rowsMax } = request
    const { by, entered } = await this.#enter(session, request)
    if (entered.isUndone) return { swept: 0, isOver: true }
    const { shape } = by
    const [key] = shape.key
    if (key === undefined || shape.key.length > 1) throw new RangeError(`${table} has no key of one column`)
    // A source that has nothing at all is rather out of order than empty.
    if (request.sweep.how === 'unseen' && !(await isAnySeen(session, request))) return { swept: 0, isOver: true }
    const found = await session.rows(
      `SELECT t.${quotedName(key.name)} ${goneFrom(request, key.name, ownRows(by))} LIMIT ${rowsMax}`,
    )
    const keys = found.map(([text]) => rowKey(shape, [String(text)]))
    const rows = [...(await loadStanding(by, keys, null)).values()].filter(({ found: there }) => there !== null)
    const refused = await sendStanding(
      by,
      rows.map((row) => deleted(row, entered)),
    )
    const swept = rows.filter((row) => !refused.has(row))
    await keepUndo(by, new Map(swept.map((row) => [row, run])), SWEPT)
    await keepGone(by, swept)
    // What the server does not let go stays; it would be found again for ever.
    const isOver = found.length < rowsMax || swept.length === 0
    return { swept: await countSwept(session, request), isOver }
  }
}

/** In the version in which it stood: a later run that finds it again brings it back. */
function deleted(row: StandingRow, by: EnteredRun): StandingRow {
  const position = row.found?.kept.position ?? null
  return Object.assign(row, { now: null, gone: position === null ? null : { position, by } })
}

function goneFrom({ table, sweep, run }: SweepRequest, key: string, own: string): string {
  const name = quotedName(table)
  if (sweep.how === 'outdated') {
    const [version, parents] = sweep.versions.map(quotedName)
    const parent = `JOIN ${quotedName(sweep.parent)} p ON p.${quotedName('id')} = t.${quotedName(sweep.by)}`
    return `FROM ${name} t ${parent} WHERE ${own} AND t.${version} < p.${parents}`
  }
  return `FROM ${name} t LEFT JOIN ${SEEN_TABLE} s ON s.run = ${binaryLiteral(run)} AND s.target = ${binaryLiteral(table)}
      AND s.row_key = CAST(CONVERT(t.${quotedName(key)} USING utf8mb4) AS BINARY)
    WHERE s.row_key IS NULL AND ${own}`
}

async function isAnySeen(session: Session, { run, table }: Rebuild): Promise<boolean> {
  const rows = await session.rows(
    `SELECT 1 FROM ${SEEN_TABLE} WHERE run = ${binaryLiteral(run)} AND target = ${binaryLiteral(table)} LIMIT 1`,
  )
  return rows.length > 0
}

async function countSwept(session: Session, { run, table }: Rebuild): Promise<number> {
  const [[count] = []] = await session.rows(
    `SELECT COUNT(*) FROM ${UNDO_TABLE} WHERE run = ${binaryLiteral(run)} AND target = ${binaryLiteral(table)}
      AND did = '${SWEPT}'`,
  )
  return Number(count)
}
