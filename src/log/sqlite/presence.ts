// This process among those that follow the file: shows that it lives, and notices when another one does not. Times are
// measured by watching a beat, never by comparing clocks; being wrong costs a batch read twice, see Membership.commit.

import { MillraceError } from '../../core/errors.ts'
import type { JoinOrder } from './orders.ts'
import { isSurelyDead, ownProcess } from './process-identity.ts'
import type { Scribe } from './scribe.ts'
import type { Statements } from './statements.ts'

const BEAT_MS = 400
const SILENCE_MAX_MS = 1500

interface SessionRow {
  readonly id: number
  readonly process: string
  readonly beat: number
}

interface Pulse {
  readonly beat: number
  readonly sinceMs: number
}

type Read = <T>(work: () => T) => Promise<T>

/** What keeps one look from succeeding ends by the next, or shows itself to whoever reads and commits. */
function passOver(error: unknown): void {
  if (!(error instanceof MillraceError) || error.fate === 'crash') throw error
}

export class Presence {
  readonly #scribe: Scribe
  readonly #sql: Statements
  readonly #read: Read
  readonly #process = ownProcess()
  readonly #pulses = new Map<number, Pulse>()
  #sessionId: number | null = null
  #members = 0
  #timer: NodeJS.Timeout | null = null
  #lookedMs = 0
  #joining: Promise<unknown> = Promise.resolve()

  constructor(scribe: Scribe, sql: Statements, read: Read) {
    this.#scribe = scribe
    this.#sql = sql
    this.#read = read
  }

  /** Answers the id of the new member. One after the other: the first makes the session that all of them belong to. */
  join(reader: string, topicIds: readonly number[]): Promise<number> {
    const joined = this.#joining.catch(() => undefined).then(() => this.#join(reader, topicIds))
    this.#joining = joined
    return joined
  }

  async #join(reader: string, topicIds: readonly number[]): Promise<number> {
    const order: JoinOrder = { reader, topicIds, sessionId: this.#sessionId, process: this.#process }
    const { sessionId, memberId } = await this.#scribe.ask('join', order)
    this.#sessionId = sessionId
    this.#members++
    this.#timer ??= setInterval(() => void this.#look().catch(passOver), BEAT_MS).unref()
    await this.#look()
    return memberId
  }

  async leave(memberId: number): Promise<void> {
    this.#members--
    if (this.#members === 0) this.close()
    await this.#scribe.ask('leave', memberId)
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  /** Beats only while somebody else is there to notice, so that one process alone stays quiet. */
  async #look(): Promise<void> {
    const sessionId = this.#sessionId
    const sessions = await this.#read(() => this.#sql.rows<SessionRow>('SELECT id, process, beat FROM session'))
    const others = sessions.filter((one) => one.id !== sessionId)
    if (others.length > 0 && sessionId !== null) await this.#scribe.ask('beat', sessionId)
    for (const one of this.#silent(others)) await this.#scribe.ask('expire', { sessionId: one.id, beat: one.beat })
  }

  #silent(others: readonly SessionRow[]): readonly SessionRow[] {
    const nowMs = performance.now()
    // A process that was held up itself has not listened, so it starts listening anew.
    if (nowMs - this.#lookedMs > SILENCE_MAX_MS) this.#pulses.clear()
    this.#lookedMs = nowMs
    const present = new Set(others.map((one) => one.id))
    for (const id of this.#pulses.keys()) if (!present.has(id)) this.#pulses.delete(id)
    return others.filter(({ id, beat, process }) => {
      const known = this.#pulses.get(id)
      if (known?.beat !== beat) this.#pulses.set(id, { beat, sinceMs: nowMs })
      return isSurelyDead(process) || (known?.beat === beat && nowMs - known.sinceMs > SILENCE_MAX_MS)
    })
  }
}
