// Statements that take rows away from a table, or put others in their place, without a row event for any of them. Nobody
// can tell from the binary log which rows those were. A name that cannot be read may be that of any table.

import { sqlTokens, type Token } from './sql-tokens.ts'

export interface ReplacedTable {
  /** Null for that of the session. */
  readonly database: string | null
  /** Null for all tables of the database. */
  readonly table: string | null
  /** What the statement did to it, to be read behind its name. */
  readonly how: string
}

const EMPTIED = 'was emptied at once'
const DROPPED = 'was dropped'
const AWAY = 'was renamed away'
const IN_PLACE = 'is now another table, renamed to its name'
const PARTITIONS = 'lost or exchanged partitions at once'
const REPLACED = 'was replaced by a new table'
const TABLESPACE = 'lost or exchanged its tablespace'
const THINNED = 'may have lost rows that were the same to a new key'
const UNDECODED = '\ufffd'
const UNREADABLE = 'may be concerned by a statement whose names cannot be read'

export function replacedTables(sql: string): readonly ReplacedTable[] {
  const reader = new TokenReader([...sqlTokens(sql)])
  if (reader.skip('TRUNCATE')) return truncated(reader)
  if (reader.skip('DROP')) return dropped(reader)
  if (reader.skip('RENAME')) return renamed(reader)
  if (reader.skip('ALTER')) return altered(reader)
  if (!reader.skip('CREATE', 'OR', 'REPLACE')) return []
  if (reader.skip('TABLE')) return named(reader, REPLACED)
  return reader.skip('DATABASE') || reader.skip('SCHEMA') ? database(reader) : []
}

function truncated(reader: TokenReader): readonly ReplacedTable[] {
  reader.skip('TABLE')
  return named(reader, EMPTIED)
}

function dropped(reader: TokenReader): readonly ReplacedTable[] {
  const isDatabase = reader.skip('DATABASE') || reader.skip('SCHEMA')
  if (!isDatabase && !reader.skip('TABLE') && !reader.skip('TABLES')) return []
  reader.skip('IF', 'EXISTS')
  if (isDatabase) return database(reader)
  const tables: ReplacedTable[] = []
  do tables.push(...named(reader, DROPPED))
  while (reader.skip(','))
  return tables
}

function database(reader: TokenReader): readonly ReplacedTable[] {
  return [{ database: reader.name(), table: null, how: DROPPED }]
}

function renamed(reader: TokenReader): readonly ReplacedTable[] {
  if (!reader.skip('TABLE') && !reader.skip('TABLES')) return []
  reader.skip('IF', 'EXISTS')
  const tables: ReplacedTable[] = []
  do {
    tables.push(...named(reader, AWAY))
    // MariaDB takes how long to wait for the table here.
    while (!reader.isOver && !reader.skip('TO')) reader.step()
    tables.push(...named(reader, IN_PLACE))
  } while (reader.skip(','))
  return tables
}

function altered(reader: TokenReader): readonly ReplacedTable[] {
  while (reader.skip('ONLINE') || reader.skip('OFFLINE'));
  const isIgnoring = reader.skip('IGNORE')
  if (!reader.skip('TABLE')) return []
  reader.skip('IF', 'EXISTS')
  const own = named(reader, AWAY)
  // Whatever is looked for has a reserved word in it, so it is found wherever it stands.
  for (; !reader.isOver; reader.step()) {
    const others = exchanged(reader)
    if (others !== null) return [...own.map((table) => ({ ...table, how: PARTITIONS })), ...others]
    if (isOfTablespace(reader)) return own.map((table) => ({ ...table, how: TABLESPACE }))
    if (!reader.skip('RENAME')) continue
    if (['COLUMN', 'INDEX', 'KEY'].some((word) => reader.skip(word))) continue
    while (reader.skip('TO') || reader.skip('AS') || reader.skip('='));
    return [...own, ...named(reader, IN_PLACE)]
  }
  return isIgnoring ? own.map((table) => ({ ...table, how: THINNED })) : []
}

/** The tables that partitions come from or go to, for a statement that takes or brings some; null for another one. */
function exchanged(reader: TokenReader): readonly ReplacedTable[] | null {
  if (reader.skip('DROP', 'PARTITION') || reader.skip('TRUNCATE', 'PARTITION')) return []
  if (reader.skip('CONVERT', 'TABLE')) return named(reader, PARTITIONS)
  if (!reader.skip('EXCHANGE', 'PARTITION') && !reader.skip('CONVERT', 'PARTITION')) return null
  while (!reader.isOver && !reader.skip('TABLE')) reader.step()
  return named(reader, PARTITIONS)
}

function isOfTablespace(reader: TokenReader): boolean {
  return ['DISCARD', 'IMPORT'].some((word) => reader.skip(word, 'TABLESPACE') || reader.skip(word, 'PARTITION'))
}

/** A statement is logged in its client's character set: a name that is no UTF-8 could be any. */
function named(reader: TokenReader, how: string): readonly ReplacedTable[] {
  const first = reader.name()
  const second = reader.skip('.') ? reader.name() : undefined
  if (first === null || first.includes(UNDECODED)) return [{ database: null, table: null, how: UNREADABLE }]
  if (second === undefined) return [{ database: null, table: first, how }]
  if (second === null || second.includes(UNDECODED)) return [{ database: first, table: null, how: UNREADABLE }]
  return [{ database: first, table: second, how }]
}

class TokenReader {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get isOver(): boolean {
    return this.#at >= this.#tokens.length
  }

  step(): void {
    this.#at++
  }

  /** Steps over these words or signs, if they come next. */
  skip(...texts: readonly string[]): boolean {
    const isThere = texts.every((text, index) => {
      const token = this.#tokens[this.#at + index]
      return token !== undefined && token.is !== 'name' && token.is !== 'text' && token.text.toUpperCase() === text
    })
    if (isThere) this.#at += texts.length
    return isThere
  }

  /** The name that comes next. In ANSI mode names stand in double quotes. */
  name(): string | null {
    const token = this.#tokens[this.#at]
    if (token === undefined || token.is === 'sign') return null
    this.#at++
    return token.text
  }
}
