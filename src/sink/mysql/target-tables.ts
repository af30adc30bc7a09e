// The tables a connector declared: which fields it may write, and what the server says of their columns. That is asked
// once, and again when a write names a column that was not there.

import type { TargetTable } from '../../core/connector.ts'
import { covers } from '../../core/covers.ts'
import { MillraceError } from '../../core/errors.ts'
import { findField } from '../../core/field-names.ts'
import { ForeignNames } from '../../core/foreign-names.ts'
import type { Write } from '../../core/write.ts'
import { readColumns } from '../../mysql/read-columns.ts'
import { quotedText } from '../../mysql/sql-name.ts'
import type { Session } from './session.ts'
import type { TargetColumn, TargetShape } from './target-column.ts'

export type RowWrite = Exclude<Write, { do: 'identify' }>

export class TargetTables {
  readonly #targets: Readonly<Record<string, TargetTable>>
  readonly #database: string
  readonly #shapes = new Map<string, TargetShape>()
  readonly #foreign = new ForeignNames((table, name) => this.#owns(table, name))

  constructor(targets: Readonly<Record<string, TargetTable>>, database: string) {
    this.#targets = targets
    this.#database = database
  }

  get names(): readonly string[] {
    return Object.keys(this.#targets)
  }

  target(table: string): TargetTable {
    const target = this.#targets[table]
    if (target === undefined) throw invalid(`it writes to ${table}, which is not among its targets`)
    return target
  }

  /** Nothing may be sent that touches a column of somebody else, or that MySQL has no way to do. */
  checked(write: Write): RowWrite {
    if (write.do === 'identify') throw invalid(`MySQL knows no identify, as it wants for ${write.table}`)
    const { key } = this.target(write.table)
    if (write.key.length !== key.length) {
      throw invalid(`it gives ${write.key.length} key values for ${write.table}, whose key is ${key.join(', ')}`)
    }
    const foreign = findField(write, this.#foreign.of(write.table))
    if (foreign !== undefined) throw invalid(`it writes ${foreign} of ${write.table}, which it does not own`)
    if (write.do !== 'create') return write
    if (write.adopted !== undefined) throw invalid(`MySQL knows no adoption, as it wants for ${write.table}`)
    for (const count of write.counts ?? []) this.checked(count)
    return write
  }

  #owns(table: string, name: string): boolean {
    const { key, owns } = this.target(table)
    return !(key as readonly string[]).includes(name) && owns.some((owned) => covers(owned, name))
  }

  /** `columns` are those that have to be there. */
  async shape(session: Session, table: string, columns: Iterable<string> = []): Promise<TargetShape> {
    const names = [...columns]
    const known = this.#shapes.get(table)
    if (known !== undefined && names.every((name) => known.columns.has(name))) return known
    const shape = await this.#read(session, table)
    const missing = [...this.target(table).key, ...names].find((name) => !shape.columns.has(name))
    if (missing !== undefined) throw columnMissing(table, missing)
    this.#shapes.set(table, shape)
    return shape
  }

  /** After a failure the tables are looked at anew: one may have been altered. */
  async unlessAltered<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      this.#shapes.clear()
      throw error
    }
  }

  async #read(session: Session, table: string): Promise<TargetShape> {
    const found = await describeTable(session, this.#database, table)
    if (found.columns.size === 0) throw tableMissing(this.#database, table)
    const key = this.target(table).key.flatMap((name) => found.columns.get(name) ?? [])
    return { table, key, columns: found.columns }
  }
}

const MUST_BE_GIVEN = `IS_NULLABLE = 'NO' AND COLUMN_DEFAULT IS NULL AND EXTRA NOT REGEXP 'auto_increment|GENERATED'`

export interface Described {
  readonly columns: ReadonlyMap<string, TargetColumn>
  readonly primaryKey: readonly string[]
}

/** Without columns where there is no such table. */
export async function describeTable(session: Session, database: string, table: string): Promise<Described> {
  const { columns, key } = await readColumns((sql) => named(session, sql), database, table)
  const where = `TABLE_SCHEMA = ${quotedText(database)} AND TABLE_NAME = ${quotedText(table)}`
  const rows = await session.rows(`SELECT COLUMN_NAME, COLLATION_NAME, ${MUST_BE_GIVEN} FROM information_schema.COLUMNS
    WHERE ${where}`)
  const more = new Map(
    rows.map(([name, collation, must]) => [
      String(name),
      { collation: collation?.toString() ?? null, mustBeGiven: String(must) === '1' },
    ]),
  )
  const described = columns.map(({ name, type }): [string, TargetColumn] => {
    return [name, { table, name, type, ...(more.get(name) ?? { collation: null, mustBeGiven: false }) }]
  })
  return { columns: new Map(described), primaryKey: key }
}

/** Rows by the names of their columns, as text. */
async function named(session: Session, sql: string): Promise<readonly Record<string, string | null>[]> {
  const { names, rows } = await session.table(sql)
  return rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]?.toString() ?? null])))
}

function invalid(what: string): MillraceError {
  return new MillraceError('CONNECTOR_INVALID', `the connector breaks its own declaration: ${what}`)
}

function tableMissing(database: string, table: string): MillraceError {
  return new MillraceError('SINK_TABLE_MISSING', `there is no table ${database}.${table}`, {
    hint: "Create it, or name another one in the connector's settings, and start again.",
  })
}

function columnMissing(table: string, name: string): MillraceError {
  return new MillraceError('CONNECTOR_COLUMN_MISSING', `${table} has no column ${name}`, {
    hint: `Add it (ALTER TABLE ${table} ADD COLUMN ${name} …), or adapt the connector's fields, and start again.`,
  })
}
