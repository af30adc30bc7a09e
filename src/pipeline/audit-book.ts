// The record of who did what, read from its end: it only grows, so nothing of it is kept in memory.

import type { AuditEntry } from '../core/audit-entry.ts'
import type { Cursor } from '../core/cursor.ts'
import { AUDIT } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log, StoredRecord } from '../log/log.ts'

export interface AuditBookOptions {
  readonly log: Pick<Log, 'ends' | 'range'>
  readonly records: RecordCodec
  readonly signal: AbortSignal
}

export interface AuditAsked {
  readonly limit: number
  /** Where an earlier page ended; null: the newest. */
  readonly before: number | null
  readonly by?: string | undefined
  readonly what?: string | undefined
}

export interface AuditPage {
  /** The newest first. */
  readonly entries: readonly AuditEntry[]
  /** Where to read on; null at the beginning. */
  readonly next: number | null
}

interface Found {
  readonly offset: number
  readonly entry: AuditEntry
}

const READ_AT_ONCE = 500
/** What is rare is looked for page by page: nobody waits for all of it. */
const READ_MAX = 20_000

export class AuditBook {
  readonly #options: AuditBookOptions

  constructor(options: AuditBookOptions) {
    this.#options = options
  }

  async page(asked: AuditAsked): Promise<AuditPage> {
    const [end] = await this.#options.log.ends(AUDIT)
    if (end === undefined) return { entries: [], next: null }
    const start = Math.min(asked.before ?? end.offset, end.offset)
    const found: Found[] = []
    let to = start
    while (to > 0 && found.length < asked.limit && start - to < READ_MAX) {
      const from = Math.max(0, to - READ_AT_ONCE)
      const some = await this.#between({ ...end, offset: from }, { ...end, offset: to })
      found.push(...some.toReversed().filter(({ entry }) => isMeant(entry, asked)))
      to = from
    }
    const page = found.slice(0, asked.limit)
    const last = found.length > asked.limit ? page.at(-1)?.offset : to
    return { entries: page.map(({ entry }) => entry), next: last === undefined || last === 0 ? null : last }
  }

  async #between(from: Cursor, to: Cursor): Promise<readonly Found[]> {
    const { log, signal } = this.#options
    const found: Found[] = []
    for await (const records of log.range(from, to, signal)) found.push(...(await this.#unpacked(records)))
    return found
  }

  async #unpacked(stored: readonly StoredRecord[]): Promise<readonly Found[]> {
    const found: Found[] = []
    for (const { offset, value } of stored) {
      if (value !== null) found.push({ offset, entry: await this.#options.records.unpack('audit', value) })
    }
    return found
  }
}

function isMeant({ who, what }: AuditEntry, { by, what: wanted }: AuditAsked): boolean {
  return (by === undefined || who === by) && (wanted === undefined || what === wanted)
}
