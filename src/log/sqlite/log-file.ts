// Opens the file: makes it when it is missing, carries an older one forward, refuses what is not millrace's or newer.

import { DatabaseSync } from 'node:sqlite'
import { MillraceError } from '../../core/errors.ts'
import { APPLICATION_ID, SCHEMA_STEPS } from './schema.ts'
import { isBusy, sqliteFault } from './sqlite-fault.ts'

const WAIT_MAX_MS = 30_000

/** A connection to a log file whose schema is this version's. */
export function openLogFile(path: string): DatabaseSync {
  try {
    const db = new DatabaseSync(path)
    try {
      waitOut(() => prepare(db, path))
    } catch (error) {
      db.close()
      throw error
    }
    return db
  } catch (error) {
    throw sqliteFault(error, path)
  }
}

function prepare(db: DatabaseSync, path: string): void {
  if (numberOf(db, 'PRAGMA application_id') === 0 && numberOf(db, 'SELECT count(*) FROM sqlite_schema') === 0) {
    db.exec('PRAGMA journal_mode = WAL')
  }
  db.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8192')
  if (check(db, path) === SCHEMA_STEPS.length) return
  db.exec('BEGIN IMMEDIATE')
  try {
    migrate(db, check(db, path))
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

/** The version of the schema in the file; 0 when it is new. */
function check(db: DatabaseSync, path: string): number {
  const owner = numberOf(db, 'PRAGMA application_id')
  const version = numberOf(db, 'PRAGMA user_version')
  if (owner === 0 && numberOf(db, 'SELECT count(*) FROM sqlite_schema') === 0) return 0
  if (owner !== APPLICATION_ID) throw new MillraceError('LOG_FILE_UNUSABLE', `${path} belongs to another program`)
  if (version <= SCHEMA_STEPS.length) return version
  throw new MillraceError(
    'LOG_FILE_UNUSABLE',
    `${path} has format ${version}, this millrace knows ${SCHEMA_STEPS.length}`,
    {
      hint: 'Run the newer millrace that wrote it, or name another file in MILLRACE_LOG.',
    },
  )
}

function migrate(db: DatabaseSync, version: number): void {
  for (const step of SCHEMA_STEPS.slice(version)) db.exec(step)
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_STEPS.length}`)
}

function numberOf(db: DatabaseSync, query: string): number {
  const row = db.prepare(query).get()
  const value = row === undefined ? null : Object.values(row)[0]
  return typeof value === 'number' ? value : 0
}

/** Runs `work` again while another process holds the file. Blocks: for the scribe's thread and for opening only. */
export function waitOut<T>(work: () => T): T {
  const deadlineMs = performance.now() + WAIT_MAX_MS
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadlineMs) throw error
    }
    // Irregular pauses, so that two processes do not meet again and again.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0.2 + Math.random())
  }
}
