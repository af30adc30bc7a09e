// Looks at tables that an import has filled, page by page along their keys. Each page is one statement, and so one moment.

import { MillraceError } from '../../../core/errors.ts'
import { BY_VERSION } from '../../../core/imported-row.ts'
import { epochOf } from '../../../core/position.ts'
import type { Merge, Remove } from '../../../core/write.ts'
import { quotedName } from '../../../mysql/sql-name.ts'
import type { ImportChecks, LookedPage, LookRequest, RowQuestion, Sampled, SampledWrite } from '../../import-checks.ts'
import type { UndoTargets } from '../../import-undo.ts'
import { binaryLiteral, literal, textLiteral } from '../literal.ts'
import { askedFor, readValue } from '../read-value.ts'
import { keyOfText, keyText, rowKey } from '../row-key.ts'
import type { Answer, Session } from '../session.ts'
import type { TargetShape } from '../target-column.ts'
import { TargetTables } from '../target-tables.ts'
import { Transactions } from '../transactions.ts'
import { named, said, troubleOf } from '../trouble.ts'
import { heldFields } from './held-fields.ts'
import { loadStanding } from './load-standing.ts'
import { ownRows } from './own-rows.ts'
import { puttingInto } from './putting.ts'
import { SEEN_TABLE } from './seen-table.ts'
import type { StandingRow } from './standing-row.ts'
import { UNDO_TABLE } from './undo-table.ts'

export function openMysqlChecks({
  url,
  targets,
}: {
  readonly url: string
  readonly targets: UndoTargets
}): ImportChecks {
  return new MysqlChecks(url, targets)
}

class MysqlChecks implements ImportChecks {
  readonly #transactions: Transactions
  readonly #targets: TargetTables

  constructor(url: string, targets: UndoTargets) {
    this.#transactions = new Transactions(url)
    this.#targets = new TargetTables(targets, this.#transactions.database)
  }

  look(request: LookRequest, signal: AbortSignal): Promise<LookedPage> {
    return this.#use(signal, async (session) => {
      const shape = await this.#targets.shape(session, request.table)
      const upTo = await endOfPage(session, shape, request)
      const [answer = []] = await session.rows(this.#counting(shape, request, upTo))
      const [rows = 0, made = 0, ...amiss] = answer.map((count) => Number(count ?? 0))
      return { rows, made, amiss, next: upTo }
    })
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
      const found: Sampled[] = []
      for (const one of writes) found.push(await this.#compareOne(session, run, one))
      return found
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
    return `SELECT ${['COUNT(*)', `SUM(t.mr_made = ${textLiteral(run)})`, ...sums]} FROM ${quotedName(shape.table)} t
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

  async #compareOne(session: Session, run: string, { write: given, position }: SampledWrite): Promise<Sampled> {
    const write = this.#targets.checked(given) as Merge | Remove
    const isMariadb = await this.#transactions.isMariadb(session)
    const by = await puttingInto(write.table, { session, targets: this.#targets, isMariadb, locks: false })
    const key = rowKey(by.shape, write.key)
    const row = (await loadStanding(by, [key], null)).get(key.text)
    if (row?.found == null) return write.do === 'remove' || (await isGone(session, run, key)) ? 'same' : 'differing'
    if ((row.found.kept.position ?? '') > position) return 'newer'
    if (write.do === 'merge' && row.holds(heldFields(by.shape, write))) return 'same'
    const isLater = epochOf(position) === BY_VERSION && (row.found.kept.position ?? '') < position
    return isLater ? 'newer' : 'differing'
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

/** The key of the last row of a page; null where fewer rows are left. */
async function endOfPage(
  session: Session,
  shape: TargetShape,
  { after, rowsMax }: LookRequest,
): Promise<string | null> {
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

/** The same run has deleted it afterwards. */
async function isGone(session: Session, run: string, { shape, text }: StandingRow['row']): Promise<boolean> {
  const rows = await session.rows(
    `SELECT 1 FROM ${UNDO_TABLE} WHERE run = ${binaryLiteral(run)} AND target = ${binaryLiteral(shape.table)}
      AND row_key = ${binaryLiteral(text)} AND did <> 'updated'`,
  )
  return rows.length > 0
}
