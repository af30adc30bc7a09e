// An API as pages of rows. A page goes on where the one before ended, also in another process; a walk that may have missed
// something ends in an error, behind all rows that it found.

import { hasFate, MillraceError } from '../../core/errors.ts'
import type { ChangeEvent } from '../../core/event.ts'
import type { Imported } from '../../core/imported.ts'
import { NAME_COLUMN, PLACE_COLUMN } from '../../core/imported-row.ts'
import type { Json } from '../../core/json-path.ts'
import type { RestAuth } from '../../core/rest-auth.ts'
import type { RestSpec } from '../../core/rest-spec.ts'
import type { Row } from '../../core/value.ts'
import type { ImportSource } from '../import-source.ts'
import type { PageRequest, RowPage } from '../source.ts'
import type { Resolve } from './address-check.ts'
import { restAnswer } from './rest-answer.ts'
import { restAsk } from './rest-ask.ts'
import { RestClient, shown } from './rest-client.ts'
import { type RestClock, RestPace } from './rest-pace.ts'
import { PLACEHOLDER } from './rest-rows.ts'
import { type RestTable, RestTables, type TableRow } from './rest-tables.ts'
import { beginning, digestOf, digestOfAll, type PageRead, Walk, walkOn } from './rest-walk.ts'
import { Secrets, withoutAuth } from './secrets.ts'

export interface RestSourceOptions {
  readonly connector: string
  readonly spec: RestSpec
  readonly auth: RestAuth
  readonly imported: Imported
  /** Changes from then on are asked for: milliseconds since 1970, or a version, as the spec has it; null for everything. */
  readonly since: number | bigint | null
  readonly orderedAtMs: number
  /** Hosts that may have private addresses, each with its port or without. */
  readonly privateHosts: readonly string[]
  readonly clock: RestClock
  readonly derive?: (item: Json) => readonly Json[]
  /** Other tables that the same items hold rows of. */
  readonly others?: readonly Required<Pick<RestTable, 'table' | 'spec' | 'imported'>>[]
  readonly resolve?: Resolve
}

interface Loaded extends PageRead {
  readonly rows: readonly TableRow[]
}

const GONE = [404, 410]

export class RestSource implements ImportSource {
  readonly #options: RestSourceOptions
  readonly #origin: string
  readonly #secrets: Secrets
  readonly #client: RestClient
  readonly #pace: RestPace
  readonly #tables: RestTables
  #loaded: Loaded | null = null

  constructor(options: RestSourceOptions) {
    const { connector, spec, auth, imported, orderedAtMs, clock, privateHosts, resolve } = options
    const url = new URL(spec.url)
    this.#options = options
    this.#origin = shown(url)
    this.#secrets = new Secrets(auth)
    this.#client = new RestClient({
      ...{ ...spec.limits, auth, origin: url.origin, privateHosts },
      ...(resolve === undefined ? {} : { resolve }),
    })
    this.#pace = new RestPace(clock, spec.requestsPerSecond ?? null)
    const own = { spec, imported, ...(options.derive === undefined ? {} : { derive: options.derive }) }
    this.#tables = new RestTables([own, ...(options.others ?? [])], {
      ...{ connector, origin: this.#origin, orderedAtMs, secrets: this.#secrets },
    })
  }

  /** What is asked: pages of another request do not go on where those of this one ended. */
  async last(): Promise<string> {
    const { spec, others = [] } = this.#options
    return digestOf([spec, ...others.map((one) => one.spec)].map((one) => JSON.stringify(one)).join())
  }

  /** Asks for the first page. A source that cannot answer now is no fault of the request. */
  async check(): Promise<void> {
    try {
      await this.#load(beginning(0, 0), new AbortController().signal)
    } catch (error) {
      if (!hasFate(error, 'retry')) throw error
    } finally {
      this.#loaded = null
    }
  }

  /** What an API says now can be told by reading it alone. */
  async digest(): Promise<null> {
    return null
  }

  /** Nobody knows before it was read. */
  async expect(): Promise<null> {
    return null
  }

  async page({ scope, after, upTo, rowsMax, run }: PageRequest, signal: AbortSignal): Promise<RowPage> {
    const startMs = performance.now()
    const { spec } = this.#options
    if (upTo !== null && upTo !== (await this.last())) {
      throw new MillraceError('IMPORT_CHANGED', `what is asked of ${this.#origin} was changed while it was read`)
    }
    const walk = after === null ? beginning(0, 0) : Walk.parse(JSON.parse(after))
    if (walk.fault !== null) throw new MillraceError('IMPORT_INCOMPLETE', `${this.#origin}: ${walk.fault}`)
    const loaded = await this.#load(walk, signal)
    // A page that reads otherwise than it did is handed out again from its beginning: rows may have moved in it.
    const given = walk.page === loaded.digest ? walk.given : 0
    const rows = loaded.rows.slice(given, given + rowsMax)
    const asked = { table: scope.table, run }
    const on = { ...walk, rows: walk.rows + rows.length }
    const isOver = given + rows.length === loaded.rows.length
    const next = isOver ? walkOn(spec, on, loaded) : { ...on, given: given + rows.length, page: loaded.digest }
    if (isOver) this.#loaded = null
    return {
      events: rows.map((row, index) => this.#tables.event(row, walk.rows + index + 1, asked)),
      next: next === null ? null : this.#bookmark(next),
      tookMs: performance.now() - startMs,
    }
  }

  async again(
    rows: readonly Row[],
    asked: { readonly table: string; readonly run: string },
    signal: AbortSignal,
  ): Promise<readonly ChangeEvent[] | null> {
    const { one } = this.#options.spec
    if (one === undefined) return null
    const events: ChangeEvent[] = []
    const known = new Set<string>()
    for (const row of rows) {
      const url = oneUrl(one.url, row)
      if (url === null || known.has(url)) continue
      known.add(url)
      for (const made of this.#tables.of(await this.#one(url, signal))) {
        const event = this.#tables.event(made, Number(row[PLACE_COLUMN] ?? 0), asked)
        // Without a version the place of a row says which one it is, and only that of this row is known.
        const isPlaced = event.table === asked.table && event.key[NAME_COLUMN] === row[NAME_COLUMN]
        if (isPlaced || made.reading.of.spec.version !== undefined) events.push(event)
      }
    }
    return events
  }

  /** None where it is gone. */
  async #one(url: string, signal: AbortSignal): Promise<readonly Json[]> {
    const { total: _, more: __, ...spec } = this.#options.spec
    await this.#pace.turn(signal)
    const request = { url: new URL(url), method: 'GET', headers: spec.headers, body: null } as const
    const reply = await this.#client.ask(request, signal)
    if (GONE.includes(reply.status)) return []
    const waitMs = reply.status < 300 ? null : this.#pace.defer(reply.headers['retry-after'])
    const items = spec.one?.item ?? ''
    return restAnswer(reply, { spec: { ...spec, items }, secrets: this.#secrets, waitMs, isOne: true }).items
  }

  async #load(walk: Walk, signal: AbortSignal): Promise<Loaded> {
    if (walk.page !== null && walk.page === this.#loaded?.digest) return this.#loaded
    const { spec, auth, since, orderedAtMs } = this.#options
    await this.#pace.turn(signal)
    const reply = await this.#client.ask(restAsk({ spec, since, untilMs: orderedAtMs }, walk), signal)
    const waitMs = reply.status < 300 ? null : this.#pace.defer(reply.headers['retry-after'])
    const answer = restAnswer(reply, { spec, secrets: this.#secrets, waitMs })
    const bare = (url: URL) => withoutAuth(auth, url)
    const digest = digestOfAll(this.#texts(answer.items))
    this.#loaded = { answer, digest, bare, rows: this.#tables.of(answer.items) }
    return this.#loaded
  }

  /** The items as JSON, one by one: all of it in one text would be as long as the answer once more. */
  *#texts(items: readonly Json[]): Iterable<string> {
    yield '['
    for (const [index, item] of items.entries()) {
      const text = `${index === 0 ? '' : ','}${JSON.stringify(item)}`
      if (this.#secrets.areIn(`${text} `))
        throw new MillraceError('IMPORT_ANSWER_INVALID', `${this.#origin} gives back the credentials among its items`)
      yield text
    }
    yield ']'
  }

  /** It rests in the log, where no secret may. */
  #bookmark(walk: Walk): string {
    const text = JSON.stringify(walk)
    if (!this.#secrets.areIn(text)) return text
    throw new MillraceError(
      'IMPORT_ANSWER_INVALID',
      `${this.#origin} gives back the credentials in what names the next page`,
    )
  }
}

/** Null where the row lacks what names it. */
function oneUrl(url: string, row: Row): string | null {
  const isNamed = [...url.matchAll(PLACEHOLDER)].every(([, name = '']) => (row[name] ?? null) !== null)
  return isNamed ? url.replaceAll(PLACEHOLDER, (_, name: string) => encodeURIComponent(String(row[name]))) : null
}
