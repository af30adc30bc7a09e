// The scribe: the one thread of this process that writes to the file. Orders that come together share one transaction
// and so one fsync; waiting for another process, for the disk or for a checkpoint never blocks the event loop.

import { existsSync, utimesSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { MillraceError } from '../../core/errors.ts'
import { Appending } from './appending.ts'
import { Checkpoint } from './checkpoint.ts'
import { openLogFile, waitOut } from './log-file.ts'
import { Membership } from './membership.ts'
import { type Answer, type Errand, type FaultFields, OPENING, type OrderName, type Orders } from './orders.ts'
import { Retention, type RetentionLimits } from './retention.ts'
import { sqliteFault } from './sqlite-fault.ts'
import { Statements } from './statements.ts'

export interface ScribeSettings {
  readonly path: string
  readonly retention: RetentionLimits
  readonly retentionEveryMs: number
}

type Deeds = { readonly [Name in OrderName]: (ask: Orders[Name]['ask']) => Orders[Name]['answer'] }

/** Nobody waits behind more than this in one transaction. */
const GROUP_BYTES = 8 * 1024 * 1024
/** About what a slice of forgetting writes. */
const TIDY_BYTES = 1024 * 1024

class ScribeThread {
  readonly #db: DatabaseSync
  readonly #path: string
  readonly #deeds: Deeds
  readonly #checkpoint: Checkpoint
  readonly #retention: Retention
  readonly #timer: NodeJS.Timeout
  readonly #queue: Errand[] = []
  readonly #post: (answers: readonly Answer[]) => void

  constructor({ path, retention, retentionEveryMs }: ScribeSettings, post: (answers: readonly Answer[]) => void) {
    this.#path = path
    this.#post = post
    this.#db = openLogFile(path)
    const sql = new Statements(this.#db)
    this.#deeds = deedsOf(sql)
    this.#checkpoint = new Checkpoint(sql)
    this.#retention = new Retention(sql, retention)
    this.#timer = setInterval(() => this.#forget(), retentionEveryMs)
  }

  receive(errand: Errand): void {
    if (this.#queue.push(errand) === 1) setImmediate(() => this.#drain())
  }

  close(): void {
    clearInterval(this.#timer)
    while (this.#queue.length > 0) this.#drain()
    this.#db.close()
  }

  #drain(): void {
    const { size, bytes } = this.#nextGroup()
    const group = this.#queue.splice(0, size)
    if (group.length > 0) this.#post(this.#carryOut(group))
    setImmediate(() => (this.#queue.length > 0 ? this.#drain() : undefined))
    this.#tidy(bytes)
  }

  #nextGroup(): { readonly size: number; readonly bytes: number } {
    let [size, bytes] = [0, 0]
    for (; size < this.#queue.length && bytes < GROUP_BYTES; size++) bytes += loadBytes(this.#queue[size])
    return { size, bytes }
  }

  /** Each order refuses before it changes anything, so a refusal leaves the rest of its group as it is. */
  #carryOut(group: readonly Errand[]): readonly Answer[] {
    // A beat that a power cut undoes is no loss, so it does not wait for the disk.
    const isLight = group.every((errand) => errand.name === 'beat')
    try {
      if (isLight) this.#db.exec('PRAGMA synchronous = NORMAL')
      const answers = this.#transact(() => group.map((errand) => this.#answer(errand)))
      const loss = this.#ring()
      return loss === null ? answers : group.map(({ ticket }) => ({ ticket, fault: faultFields(loss) }))
    } catch (error) {
      if (group.length > 1) return group.flatMap((errand) => this.#carryOut([errand]))
      return group.map(({ ticket }) => ({ ticket, fault: faultFields(sqliteFault(error, this.#path)) }))
    } finally {
      if (isLight) this.#db.exec('PRAGMA synchronous = FULL')
    }
  }

  #transact<T>(work: () => T): T {
    waitOut(() => this.#db.exec('BEGIN IMMEDIATE'))
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  /** Touching the file tells the watchers of other processes that there is something new: see bell.ts. */
  #ring(): MillraceError | null {
    try {
      const now = new Date()
      utimesSync(this.#path, now, now)
    } catch (cause) {
      // Whoever may write to the file but does not own it cannot touch it; then the watchers' own looking has to do.
      if (existsSync(this.#path)) return null
      return new MillraceError('LOG_FILE_UNUSABLE', `${this.#path} was removed while it was in use`, { cause })
    }
    return null
  }

  #answer<Name extends OrderName>({ ticket, name, ask }: Errand<Name>): Answer {
    try {
      return { ticket, answer: this.#deeds[name](ask) }
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error
      return { ticket, fault: faultFields(error) }
    }
  }

  #tidy(bytes: number): void {
    try {
      this.#checkpoint.after(bytes, this.#queue.length === 0)
    } catch (error) {
      passOver(error)
    }
  }

  #forget(): void {
    try {
      const isMore = this.#transact(() => this.#retention.slice(Date.now()))
      this.#tidy(TIDY_BYTES)
      if (isMore) setImmediate(() => this.#forget())
    } catch (error) {
      passOver(error)
    }
  }
}

/** Upkeep that a full or failing disk prevents is done later; whoever appends is told what is the matter. */
function passOver(error: unknown): void {
  if (sqliteFault(error, '') === error) throw error
}

function deedsOf(sql: Statements): Deeds {
  const appending = new Appending(sql)
  const membership = new Membership(sql, appending)
  return {
    declare: silent((ask) => appending.declare(ask)),
    openWriter: (ask) => appending.openWriter(ask),
    append: silent((ask) => appending.append(ask)),
    join: (ask) => membership.join(ask),
    leave: silent((ask) => membership.leave(ask)),
    commit: (ask) => membership.commit(ask),
    handOver: silent((ask) => membership.handOver(ask)),
    beat: silent((ask) => membership.beat(ask)),
    expire: silent((ask) => membership.expire(ask)),
  }
}

function silent<Ask>(deed: (ask: Ask) => void): (ask: Ask) => null {
  return (ask) => {
    deed(ask)
    return null
  }
}

function loadBytes(errand: Errand | undefined): number {
  return errand !== undefined && 'load' in Object(errand.ask) ? (errand as Errand<'append'>).ask.load.bytes.length : 0
}

function faultFields(error: unknown): FaultFields {
  const known = error instanceof MillraceError ? error : new MillraceError('INTERNAL', String(error), { cause: error })
  return { code: known.code, message: known.message, hint: known.hint, cause: known.cause }
}

/** Null when the file cannot be used; the log has been told why. */
function open(port: NonNullable<typeof parentPort>): ScribeThread | null {
  const post = (answers: readonly Answer[]) => port.postMessage(answers)
  try {
    const scribe = new ScribeThread(workerData, post)
    post([{ ticket: OPENING, answer: null }])
    return scribe
  } catch (error) {
    post([{ ticket: OPENING, fault: faultFields(error) }])
    return null
  }
}

function serve(port: NonNullable<typeof parentPort>): void {
  const scribe = open(port)
  if (scribe === null) return
  port.on('message', (errand: Errand | null) => {
    if (errand !== null) return scribe.receive(errand)
    scribe.close()
    port.close()
  })
}

if (parentPort !== null) serve(parentPort)
