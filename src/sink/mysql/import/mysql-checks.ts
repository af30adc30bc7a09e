// Looks at tables that an import has filled, page by page along their keys. Each page is one statement, and so one moment.

import { MillraceError } from '../../../core/errors.ts'
import { BY_VERSION } from '../../../core/imported-row.ts'
import { epochOf } from '../../../core/position.ts'
import { quotedName } from '../../../mysql/sql-name.ts'
import type { ImportChecks, LookedPage, LookRequest, RowQuestion, Sampled, SampledWrite } from '../../import-checks.ts'
import { binaryLiteral, literal } from '../literal.ts'
import { askedFor, readValue } from '../read-value.ts'
import { keyOfText, keyText, type RowKey, rowKey } from '../row-key.ts'
import type { Answer, Session } from '../session.ts'
import type { TargetShape } from '../target-column.ts'
import { TargetTables } from '../target-tables.ts'
import { Transactions } from '../transactions.ts'
import { named, said, troubleOf } from '../trouble.ts'
import type { FilledTables } from './filled-tables.ts'
import { heldFields } from './held-fields.ts'
import { loadStanding } from './load-standing.ts'
import { ownRows } from './own-rows.ts'
import { type Putting, puttingInto } from './putting.ts'
import { isOfRun } from './run-literal.ts'
import { SEEN_TABLE } from './seen-table.ts'
import type { StandingRow } from './standing-row.ts'
import { UNDO_TABLE } from './undo-table.ts'

export function openMysqlChecks(tables: FilledTables): ImportChecks {
  return new MysqlChecks(tables)
}

type PagePlace = Pick<LookRequest, 'table' | 'after' | 'rowsMax'>

class MysqlChecks implements ImportChecks {
  readonly #transactions: Transactions
  readonly #targets: TargetTables
  /** Where the page ends that is asked for next: found while the one before it is counted. */
  #ahead: { readonly place: PagePlace; readonly end: Promise<string | null> } | null = null

  constructor({ url, targets }: FilledTables) {
    this.#transactions = new Transactions(url)
    this.#targets = new TargetTables(targets, this.#transactions.database)
  }

  async look(request: LookRequest, signal: AbortSignal): Promise<LookedPage> {
    const upTo = await this.#endOf(request, signal)
    if (upTo !== null) {
      const place = { ...request, after: upTo }
      const end = this.#endOf(place, signal)
      // A failure is met by whoever asks for that page.
      end.catch(() => undefined)
      this.#ahead = { place, end }
    }
    return this.#use(signal, async (session) => {
      const shape = await this.#targets.shape(session, request.table)
      const [answer = []] = await session.rows(this.#counting(shape, request, upTo))
      const [rows = 0, made = 0, ...amiss] = answer.map((count) => Number(count ?? 0))
      return { rows, made, amiss, next: upTo }
    })
  }

  #endOf(place: PagePlace, signal: AbortSignal): Promise<string | null> {
    const ahead = this.#ahead
    this.#ahead = null
    if (ahead !== null && isSamePlace(ahead.place, place)) return ahead.end
    return this.#use(signal, async (session) =>
      endOfPage(session, await this.#targets.shape(session, place.table), place),
    )
  }

  met({ run, table }: { readonly run: string; readonly table: string }, signal: AbortSignal): Promise<number> {
    return this.#use(signal, async (session) => {
      const [[count] = []] = await session.rows(
        `SELECT COUNT(*) FROM ${SEEN_TABLE} WHERE run = ${binaryLiteral(run)} AND target = ${binaryLiteral(table)}`,
      )
      return Number(count)
    })
  }

  compare(
    { run, writes }: { readonly run: string; readonly writes: readonly SampledWrite[] },
    signal: AbortSignal,
  ): Promise<readonly Sampled[]> {
    return this.#use(signal, async (session) => {
      const found = new Map<SampledWrite, Sampled>()
      for (const [table, ofTable] of Map.groupBy(writes, ({ write }) => write.table)) {
        const isMariadb = await this.#transactions.isMariadb(session)
        const by = await puttingInto(table, { session, targets: this.#targets, isMariadb, locks: false })
        for (const [one, sampled] of await this.#compareIn(by, run, ofTable)) found.set(one, sampled)
      }
      return writes.map((one) => found.get(one) ?? 'differing')
    })
  }

  close(): Promise<void> {
    return this.#transactions.close()
  }

  #counting(shape: TargetShape, { run, questions, after }: LookRequest, upTo: string | null): string {
    const sums = questions.map((question) => `SUM((${this.#amiss(question)}) IS TRUE)`)
    const within = [
      ownRows({ shared: this.#targets.target(shape.table).shared }),
      ...(after === null ? [] : [`${keyNames(shape)} > ${keyLiterals(shape, after)}`]),
      ...(upTo === null ? [] : [`${keyNames(shape)} <= ${keyLiterals(shape, upTo)}`]),
    ]
    return `SELECT ${['COUNT(*)', `SUM(${isOfRun('t.mr_made', run)})`, ...sums]} FROM ${quotedName(shape.table)} t
      WHERE ${within.join(' AND ')}`
  }

  /** In a rule the columns are the table's alone, whatever else is asked. */
  #amiss(question: RowQuestion): string {
    if (question.is === 'rule') return question.never
    const [key] = this.#targets.target(question.parent).key
    const field = `t.${quotedName(question.field)}`
    const parents = `SELECT 1 FROM ${quotedName(question.parent)} p WHERE p.${quotedName(key)} = ${field}`
    return `${field} IS NOT NULL AND NOT EXISTS (${parents})`
  }

  async #compareIn(
    by: Putting,
    run: string,
    writes: readonly SampledWrite[],
  ): Promise<readonly (readonly [SampledWrite, Sampled])[]> {
    const keyed = writes.map((one) => ({ one, key: rowKey(by.shape, this.#targets.checked(one.write).key) }))
    const keys = keyed.map(({ key }) => key)
    const rows = await loadStanding(by, keys, null)
    const gone = await goneAmong(
      by,
      run,
      keys.filter(({ text }) => rows.get(text)?.found === null),
    )
    return keyed.map(({ one, key: { text } }) => [one, sampledAs(rows.get(text), one, gone.has(text))] as const)
  }

  #use<Result>(signal: AbortSignal, work: (session: Session) => Promise<Result>): Promise<Result> {
    return this.#targets.unlessAltered(async () => {
      try {
        return await this.#transactions.use(signal, work)
      } catch (error) {
        if (error instanceof MillraceError || !['unknown', 'row'].includes(troubleOf(error)))
          throw named(error, this.#transactions.user)
        throw new MillraceError('CONNECTOR_INVALID', `a check cannot be made: ${said(error)}`, { cause: error })
      }
    })
  }
}

function isSamePlace(one: PagePlace, other: PagePlace): boolean {
  return one.table === other.table && one.after === other.after && one.rowsMax === other.rowsMax
}

/** The key of the last row of a page; null where fewer rows are left. */
async function endOfPage(session: Session, shape: TargetShape, { after, rowsMax }: PagePlace): Promise<string | null> {
  const behind = after === null ? '' : `WHERE ${keyNames(shape)} > ${keyLiterals(shape, after)}`
  const [row] = await session.rows(
    `SELECT ${shape.key.map((column) => askedFor(column, 't'))} FROM ${quotedName(shape.table)} t ${behind}
      ORDER BY ${shape.key.map(({ name }) => `t.${quotedName(name)}`)} LIMIT 1 OFFSET ${rowsMax - 1}`,
  )
  return row === undefined ? null : textOf(shape, row)
}

function textOf(shape: TargetShape, row: Answer): string {
  return keyText(shape.key.map((column, at) => readValue(column, row[at] ?? null)))
}

function keyNames({ key }: TargetShape): string {
  return `(${key.map(({ name }) => `t.${quotedName(name)}`)})`
}

function keyLiterals(shape: TargetShape, text: string): string {
  const { values } = keyOfText(shape, text)
  return `(${shape.key.map((column, at) => literal(column, values[at] ?? null))})`
}

function sampledAs(row: StandingRow | undefined, { write, position }: SampledWrite, isGone: boolean): Sampled {
  if (row?.found == null) return write.do === 'remove' || isGone ? 'same' : 'differing'
  const held = row.found.kept.position ?? ''
  if (held > position) return 'newer'
  if (write.do === 'merge' && row.holds(heldFields(row.row.shape, write))) return 'same'
  return epochOf(position) === BY_VERSION && held < position ? 'newer' : 'differing'
}

/** Those that the same run has deleted afterwards. */
async function goneAmong(
  { session, shape }: Putting,
  run: string,
  keys: readonly RowKey[],
): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set()
  const rows = await session.rows(
    `SELECT row_key FROM ${UNDO_TABLE} WHERE run = ${binaryLiteral(run)} AND target = ${binaryLiteral(shape.table)}
      AND did <> 'updated' AND row_key IN (${keys.map(({ text }) => binaryLiteral(text))})`,
  )
  return new Set(rows.map(([key]) => String(key)))
}
