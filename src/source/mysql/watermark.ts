// How far the server has come, such that every change at or before that position is visible to a SELECT begun later. A
// transaction is in the binary log before it is visible, so the end of the log alone is no answer.
// See `mysqlPlace` and `mariadbPlace` for why each is sound.

import { setTimeout as sleep } from 'node:timers/promises'
import { MillraceError } from '../../core/errors.ts'
import type { Position } from '../../core/position.ts'
import { endPosition } from './log-place.ts'
import { isAtLeast, type ServerIdentity } from './server-identity.ts'
import type { Sessions } from './sessions.ts'

/** A watermark this young serves whoever asks for any. */
const FRESH_MS = 5
const WAIT_MAX_MS = 10_000
const POLL_MAX_MS = 16

export interface LogEnd {
  readonly file: string
  readonly offset: number
}

export interface WatermarksOptions {
  readonly sessions: Sessions
  readonly server: () => Promise<ServerIdentity>
  readonly epoch: () => Promise<number>
}

export class Watermarks {
  readonly #options: WatermarksOptions
  #taken: { readonly position: Position; readonly atMs: number; readonly opened: number } | null = null
  #taking: Promise<Position> | null = null

  constructor(options: WatermarksOptions) {
    this.#options = options
  }

  /** A new one, as of the call or later. */
  async take(): Promise<Position> {
    const { opened } = this.#options.sessions
    const position = endPosition(await this.#options.epoch(), await this.place())
    this.#taken = { position, atMs: performance.now(), opened }
    return position
  }

  /** The same as a place in the log. */
  async place(): Promise<LogEnd> {
    const { sessions, server } = this.#options
    const { isMariadb, version } = await server()
    return isMariadb ? await mariadbPlace(sessions) : await mysqlPlace(sessions, version)
  }

  /**
   * One that is at least `position`; any recent one when null. Waits for the engine, which may be a moment behind the
   * log, and shares one question among all who ask at a time.
   */
  async atLeast(position: Position | null, signal: AbortSignal): Promise<Position> {
    const held = this.#held(position)
    if (held !== null) return held
    const deadlineMs = performance.now() + WAIT_MAX_MS
    for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, POLL_MAX_MS)) {
      signal.throwIfAborted()
      this.#taking ??= this.take().finally(() => {
        this.#taking = null
      })
      const taken = await this.#taking
      if (position === null || taken >= position) return taken
      if (performance.now() > deadlineMs) throw behind(position, taken)
      await sleep(pauseMs, undefined, { signal })
    }
  }

  #held(position: Position | null): Position | null {
    const taken = this.#taken
    if (taken === null || taken.opened !== this.#options.sessions.opened) return null
    const serves = position === null ? performance.now() - taken.atMs < FRESH_MS : taken.position >= position
    return serves ? taken.position : null
  }
}

/**
 * MySQL owns a transaction's GTID from before it writes the log until after the engine's commit, when the GTID moves to
 * gtid_executed. So whatever was in the log when its end was read, and is not yet visible, is still in gtid_owned
 * when that is read afterwards; once those have left it, everything before the end is visible.
 */
async function mysqlPlace(sessions: Sessions, version: string): Promise<LogEnd> {
  const end = await logEnd(sessions, version)
  const waiting = await ownedGtids(sessions)
  const deadlineMs = performance.now() + WAIT_MAX_MS
  for (let pauseMs = 1; waiting.size > 0; pauseMs = Math.min(pauseMs * 2, POLL_MAX_MS)) {
    if (performance.now() > deadlineMs) throw stuck(waiting)
    await sleep(pauseMs)
    const owned = await ownedGtids(sessions)
    for (const gtid of waiting) if (!owned.has(gtid)) waiting.delete(gtid)
  }
  return end
}

/**
 * MariaDB commits in the engines in the order of the log, under one lock, and under the same lock notes the place behind
 * the last transaction it did that for. Outside of a snapshot these two status variables show that place.
 */
async function mariadbPlace(sessions: Sessions): Promise<LogEnd> {
  const rows = await sessions.query("SHOW GLOBAL STATUS LIKE 'Binlog_snapshot_%'")
  const value = (name: string): string => rows.find((row) => row.Variable_name === name)?.Value ?? ''
  const file = value('Binlog_snapshot_file')
  if (file === '') throw noLog()
  return { file, offset: Number(value('Binlog_snapshot_position')) }
}

/** The end of MySQL's log, visible or not. 8.4 took the old name of the statement away. */
async function logEnd(sessions: Sessions, version: string): Promise<LogEnd> {
  const sql = isAtLeast(version, [8, 2]) ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS'
  const [row] = await sessions.query(sql)
  if (row?.File === undefined || row.File === null) throw noLog()
  return { file: row.File, offset: Number(row.Position) }
}

/** `uuid:5#12:6#14,uuid:tag:7#15`: each number is followed by the thread that owns it. */
async function ownedGtids(sessions: Sessions): Promise<Set<string>> {
  const [row] = await sessions.query('SELECT @@GLOBAL.gtid_owned AS owned')
  const owned = new Set<string>()
  for (const block of (row?.owned ?? '').replace(/\s/g, '').split(',')) {
    let source = ''
    for (const item of block.split(':')) {
      const [number, thread] = item.split('#')
      if (thread === undefined) source += `${item}:`
      else owned.add(source + number)
    }
  }
  return owned
}

function noLog(): MillraceError {
  return new MillraceError('MYSQL_UNFIT', 'The server keeps no binary log.')
}

function stuck(waiting: ReadonlySet<string>): MillraceError {
  return new MillraceError('MYSQL_BEHIND', `Transaction ${[...waiting][0]} is being committed for too long.`)
}

function behind(wanted: Position, taken: Position): MillraceError {
  return new MillraceError('MYSQL_BEHIND', `The server stands at ${taken} and has not reached ${wanted}.`)
}
