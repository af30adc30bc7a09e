// Takes an import back. First what it changed and deleted, by what was kept of it, then the rows that it made; each page in
// one transaction, and what is done is forgotten in the same, so a repeat finds only what is left.

import type { Value } from '../../../core/value.ts'
import { quotedName } from '../../../mysql/sql-name.ts'
import type { ImportUndo, KeptRow, UndonePage, UndoRequest } from '../../import-undo.ts'
import { binaryLiteral, literal, textLiteral } from '../literal.ts'
import { askedFor, readValue } from '../read-value.ts'
import { keyOfText, keyText } from '../row-key.ts'
import type { Session } from '../session.ts'
import type { TargetShape } from '../target-column.ts'
import { TargetTables } from '../target-tables.ts'
import { Transactions } from '../transactions.ts'
import type { FilledTables } from './filled-tables.ts'
import { forgetGone } from './gone-table.ts'
import { loadStanding } from './load-standing.ts'
import { type Putting, puttingInto } from './putting.ts'
import { isOfRun } from './run-literal.ts'
import { markUndone } from './runs-table.ts'
import { sendStanding } from './send-standing.ts'
import { digestOf, imageOf, type StandingRow } from './standing-row.ts'
import { UNDO_TABLE } from './undo-table.ts'

export function openMysqlUndo(tables: FilledTables): ImportUndo {
  return new MysqlUndo(tables)
}

/** Which part of the work a page is of, and the key behind which it goes on. */
interface Place {
  readonly part: 'changed' | 'made'
  readonly after: string | null
}

interface Found {
  readonly rows: readonly StandingRow[]
  readonly kept: readonly KeptRow[]
  /** Of the last row that was looked at; null where there are no more. */
  readonly last: string | null
}

class MysqlUndo implements ImportUndo {
  readonly #transactions: Transactions
  readonly #targets: TargetTables

  constructor({ url, targets }: FilledTables) {
    this.#transactions = new Transactions(url)
    this.#targets = new TargetTables(targets, this.#transactions.database)
  }

  async page(request: UndoRequest, signal: AbortSignal): Promise<UndonePage> {
    const place =
      request.after === null ? ({ part: 'changed', after: null } as const) : (JSON.parse(request.after) as Place)
    return this.#transactions.run(signal, async (session) => {
      return { result: await this.#page(session, request, place), commits: !request.isDry }
    })
  }

  close(): Promise<void> {
    return this.#transactions.close()
  }

  async #page(session: Session, request: UndoRequest, { part, after }: Place): Promise<UndonePage> {
    const isMariadb = await this.#transactions.isMariadb(session)
    const place = { session, targets: this.#targets, isMariadb, locks: !request.isDry }
    const by = await puttingInto(request.table, place)
    if (!request.isDry) await markUndone(session, request.run)
    const found = part === 'changed' ? await changed(by, request, after) : await made(by, request, after)
    const refused = await sendStanding(by, found.rows)
    const undone = found.rows.filter((row) => !refused.has(row))
    if (part === 'changed') await forget(by, request.run, undone)
    const next: Place | null =
      found.last !== null ? { part, after: found.last } : part === 'changed' ? { part: 'made', after: null } : null
    const told = [...refused].map(([{ row }, why]) => ({ key: row.text, why }))
    return { undone: undone.length, kept: [...found.kept, ...told], next: next === null ? null : JSON.stringify(next) }
  }
}

/** Rows that the run changed or deleted. */
async function changed(by: Putting, { run, rowsMax }: UndoRequest, after: string | null): Promise<Found> {
  const { session, shape } = by
  const behind = after === null ? '' : `AND row_key > ${binaryLiteral(after)}`
  const answers = await session.rows(
    `SELECT row_key, did, before_image FROM ${UNDO_TABLE} WHERE run = ${textLiteral(run)}
      AND target = ${binaryLiteral(shape.table)} ${behind} ORDER BY row_key LIMIT ${rowsMax}`,
  )
  const images = new Map(answers.map(([key, did, image]) => [String(key), { did: String(did), image: String(image) }]))
  const standing = await loadStanding(
    by,
    [...images.keys()].map((text) => keyOfText(shape, text)),
    null,
  )
  const rows: StandingRow[] = []
  const kept: KeptRow[] = []
  for (const [text, { did, image }] of images) {
    const row = standing.get(text)
    if (row === undefined) continue
    const why = did !== 'updated' && row.found === null ? null : whyKept(row, run)
    if (why !== null) kept.push({ key: text, why })
    else rows.push(Object.assign(row, { now: imageOf(image) }))
  }
  return { rows, kept, last: answers.length < rowsMax ? null : ([...images.keys()].at(-1) ?? null) }
}

/** Rows that the run made. */
async function made(by: Putting, { run, rowsMax }: UndoRequest, after: string | null): Promise<Found> {
  const { session, shape } = by
  const key = shape.key.map(({ name }) => `t.${quotedName(name)}`)
  const asked = shape.key.map((column) => askedFor(column, 't'))
  const behind =
    after === null
      ? ''
      : `AND (${key}) > (${keyOfText(shape, after).values.map((value, at) => keyLiteral(shape, at, value))})`
  const answers = await session.rows(
    `SELECT ${asked} FROM ${quotedName(shape.table)} t WHERE ${isOfRun('t.mr_made', run)} ${behind} ORDER BY ${key} LIMIT ${rowsMax}`,
  )
  const keys = answers.map((row) =>
    keyOfText(shape, keyText(shape.key.map((column, at) => readValue(column, row[at] ?? null)))),
  )
  const standing = await loadStanding(by, keys, null)
  const rows: StandingRow[] = []
  const kept: KeptRow[] = []
  for (const { text } of keys) {
    const row = standing.get(text)
    if (row === undefined || row.found === null) continue
    const why = whyKept(row, run)
    if (why !== null) kept.push({ key: text, why })
    else rows.push(Object.assign(row, { now: null }))
  }
  return { rows, kept, last: answers.length < rowsMax ? null : (keys.at(-1)?.text ?? null) }
}

/** Null where the row is what the run made of it. */
function whyKept({ row, found }: StandingRow, run: string): string | null {
  if (found === null) return 'it is gone'
  if (found.kept.run !== run) return `the run ${found.kept.run} has changed it since`
  return found.kept.digest === digestOf(row.shape, found.fields) ? null : 'somebody has changed it since'
}

async function forget(by: Putting, run: string, rows: readonly StandingRow[]): Promise<void> {
  const { session, shape } = by
  const keys = rows.map(({ row }) => row.text)
  if (keys.length === 0) return
  await forgetGone(by, run, keys)
  await session.write(
    `DELETE FROM ${UNDO_TABLE} WHERE run = ${textLiteral(run)} AND target = ${binaryLiteral(shape.table)}
      AND row_key IN (${keys.map(binaryLiteral)})`,
  )
}

function keyLiteral(shape: TargetShape, at: number, value: Value): string {
  const column = shape.key[at]
  return column === undefined ? 'NULL' : literal(column, value)
}
