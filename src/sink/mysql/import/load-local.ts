// Rows sent as lines of a file, where the server lets clients send files: two thirds of the work of the same rows in a statement.
// It is lenient with what comes this way: it passes over rows and bends values, and says only how often.

import { TextBytes } from '../../../core/text-bytes.ts'
import type { Value } from '../../../core/value.ts'
import { quotedName } from '../../../mysql/sql-name.ts'
import { hasNames } from '../has-names.ts'
import { isBinary } from '../held-value.ts'
import type { TargetColumn } from '../target-column.ts'
import { said, troubleOf } from '../trouble.ts'
import type { Putting } from './putting.ts'
import { runLiteral } from './run-literal.ts'
import type { StandingRow } from './standing-row.ts'

/** What a server or a proxy before it says that does not take files after all: of these the numbers differ. */
const REFUSAL = /\blocal\b|infile/iu
/** As text, these say something else than as numbers. */
const UNLIKE = new Set(['bit', 'year'])

/**
 * False where one is there already or the server minds one, and some may have been written; null where they cannot be sent this
 * way.
 */
export async function loadLocal(by: Putting, rows: readonly StandingRow[]): Promise<boolean | null> {
  const plan = planOf(by, rows)
  if (plan === null) return null
  try {
    const { loaded, warnings } = await by.session.load(plan.sql, plan.lines(rows))
    return loaded === rows.length && warnings === 0
  } catch (error) {
    if (['row', 'twin'].includes(troubleOf(error))) return false
    if (REFUSAL.test(said(error))) return null
    throw error
  }
}

interface Plan {
  readonly sql: string
  readonly lines: (rows: readonly StandingRow[]) => Buffer
}

/**
 * Null where the rows do not have one maker and the same fields, or a column wants more than text. MySQL says nothing of a
 * column that has to be given and is not.
 */
function planOf({ shape }: Putting, rows: readonly StandingRow[]): Plan | null {
  const [first] = rows
  if (first?.now == null) return null
  const { run } = first.now.kept
  const given = Object.keys(first.now.fields)
  const isAlike = ({ now }: StandingRow) =>
    now !== null && hasNames(now.fields, given) && now.kept.run === run && now.kept.made === run
  if (run === null || !rows.every(isAlike)) return null
  const fields = given.flatMap((name) => shape.columns.get(name) ?? [])
  const columns = [...shape.key, ...fields]
  const isLeftOut = ({ name, mustBeGiven }: TargetColumn) => mustBeGiven && !columns.some((one) => one.name === name)
  if (columns.some(({ type }) => UNLIKE.has(type.name)) || [...shape.columns.values()].some(isLeftOut)) return null
  const names = columns.map((column, at) => (isBinary(column) ? `@b${at}` : quotedName(column.name)))
  const bytes = columns.flatMap((column, at) =>
    isBinary(column) ? [`${quotedName(column.name)} = UNHEX(@b${at})`] : [],
  )
  const by = runLiteral(run)
  const sets = [...bytes, 'mr_digest = UNHEX(@digest)', `mr_run = ${by}`, `mr_made = ${by}`]
  return {
    sql: `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${quotedName(shape.table)} CHARACTER SET utf8mb4
      FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' STARTING BY ''
      (${names}, mr_position, @digest) SET ${sets}`,
    lines: (all) => {
      lines.cut()
      for (const row of all) addLine(row, fields)
      return Buffer.from(lines.bytes)
    },
  }
}

const lines = new TextBytes()
const [TAB, NEWLINE] = [9, 10]

function addLine({ row: { values }, now }: StandingRow, fields: readonly TargetColumn[]): void {
  for (const value of values) addField(told(value))
  for (const { name } of fields) addField(told(now?.fields[name] ?? null))
  addField(now?.kept.position ?? '')
  lines.text(now?.kept.digest ?? '')
  lines.byte(NEWLINE)
}

function addField(text: string): void {
  lines.text(text)
  lines.byte(TAB)
}

/** What would end a field or a line. */
const SPECIAL = /[\\\t\n\0]/u
const SPECIALS = new RegExp(SPECIAL, 'gu')
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\0': '\\0' }

function told(value: Value): string {
  if (value === null) return '\\N'
  if (typeof value !== 'string') return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)
  return SPECIAL.test(value) ? value.replace(SPECIALS, (one) => ESCAPES[one] ?? one) : value
}
