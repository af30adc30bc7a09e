// What a statement in the binary log does to the transaction around it. Rows come as events of their own; statements
// matter for where transactions end, what they take back, and for changes logged as text, which cannot be captured.

import { type BinlogEvent, EVENT } from './binlog-event.ts'
import { inflate } from './compressed.ts'
import { sqlTokens } from './sql-tokens.ts'

export type Statement =
  | { readonly does: 'begin' | 'commit' | 'rollback' | 'change' | 'other' }
  | { readonly does: 'savepoint' | 'rollback-to'; readonly name: string }
  | { readonly does: 'xa-start' | 'xa-commit' | 'xa-rollback'; readonly xid: string }

const COMMENT = /^(?:\s+|\/\*(?!!)[\s\S]*?\*\/|--[^\n]*\n|#[^\n]*\n)+/
const CHANGE = /^(?:INSERT|UPDATE|DELETE|REPLACE|LOAD|WITH|CALL|SELECT|DO|EXECUTE)$/i
const SAVEPOINT = /^SAVEPOINT\s+([\s\S]+)$/i
const ROLLBACK_TO = /^ROLLBACK\s+(?:WORK\s+)?TO\s+(?:SAVEPOINT\s+)?([\s\S]+)$/i
const XA = /^XA\s+(START|BEGIN|COMMIT|ROLLBACK)\s+([\s\S]+)$/i
const XA_DOES = { START: 'xa-start', BEGIN: 'xa-start', COMMIT: 'xa-commit', ROLLBACK: 'xa-rollback' } as const

const BEGIN = Buffer.from('BEGIN')
/** Of a statement event: thread, time, the database's length, error code, the status variables' length. */
const FIXED_BYTES = 13

export interface StatementText {
  readonly sql: string
  readonly database: string
}

/** Null for a plain BEGIN, which is nearly all of them. */
export function readStatementText({ buffer, start, end, type }: BinlogEvent): StatementText | null {
  const databaseBytes = buffer[start + 8] ?? 0
  const databaseAt = start + FIXED_BYTES + buffer.readUInt16LE(start + 11)
  const sqlAt = databaseAt + databaseBytes + 1
  if (end - sqlAt === BEGIN.length && BEGIN.compare(buffer, sqlAt, end) === 0) return null
  const sql = type === EVENT.queryCompressed ? inflate(buffer.subarray(sqlAt, end)) : buffer.subarray(sqlAt, end)
  return { sql: sql.toString('utf8'), database: buffer.toString('utf8', databaseAt, databaseAt + databaseBytes) }
}

export function readStatement(sql: string): Statement {
  const text = sql.replace(COMMENT, '').replace(/[\s;]+$/, '')
  const word = text.toUpperCase()
  if (word === 'BEGIN' || word.startsWith('START TRANSACTION')) return { does: 'begin' }
  if (word === 'COMMIT') return { does: 'commit' }
  if (word === 'ROLLBACK') return { does: 'rollback' }
  const savepoint = SAVEPOINT.exec(text)?.[1]
  if (savepoint !== undefined) return { does: 'savepoint', name: savepointName(savepoint) }
  const rollbackTo = ROLLBACK_TO.exec(text)?.[1]
  if (rollbackTo !== undefined) return { does: 'rollback-to', name: savepointName(rollbackTo) }
  const [, verb, xid] = XA.exec(text) ?? []
  if (verb !== undefined && xid !== undefined) {
    return { does: XA_DOES[verb.toUpperCase() as keyof typeof XA_DOES], xid: xid.toLowerCase() }
  }
  const [first] = sqlTokens(text)
  return { does: CHANGE.test(first?.text ?? '') ? 'change' : 'other' }
}

/** Savepoints are compared without case, as the server does. */
function savepointName(text: string): string {
  return text.replace(/^`([\s\S]*)`$/, '$1').toLowerCase()
}
