// A REST source on a scripted API, and all that it reads.

import { MillraceError } from '../../src/core/errors.ts'
import type { ChangeEvent } from '../../src/core/event.ts'
import type { Imported } from '../../src/core/imported.ts'
import { RestAuth } from '../../src/core/rest-auth.ts'
import { RestSpec, type RestSpecInput } from '../../src/core/rest-spec.ts'
import type { RestClock } from '../../src/source/rest/rest-pace.ts'
import { RestSource, type RestSourceOptions } from '../../src/source/rest/rest-source.ts'
import type { PagedRows } from '../../src/source/source.ts'

export const THINGS: Imported = {
  fields: { id: { type: 'integer', isRequired: true }, title: { type: 'text' } },
  names: [['id']],
}

/** Waits for nothing, and remembers for how long it was asked to. */
export class StillClock implements RestClock {
  readonly slept: number[] = []
  #nowMs: number

  constructor(nowMs = 1_000_000) {
    this.#nowMs = nowMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  async sleep(delayMs: number): Promise<void> {
    this.slept.push(delayMs)
    this.#nowMs += delayMs
  }
}

type More = Partial<Omit<RestSourceOptions, 'spec' | 'auth'>> & { readonly auth?: unknown }

export function apiSource(spec: RestSpecInput, { auth = { type: 'none' }, ...more }: More = {}): RestSource {
  return new RestSource({
    ...{ spec: RestSpec.parse(spec), auth: RestAuth.parse(auth), imported: THINGS, since: null, orderedAtMs: 5_000 },
    connector: 'content',
    ...{ privateHosts: ['127.0.0.1', 'localhost'], clock: new StillClock(), ...more },
  })
}

export interface Readings {
  readonly events: readonly ChangeEvent[]
  /** How many there are in each page. */
  readonly pages: readonly number[]
  readonly bookmarks: readonly string[]
  /** What ended it, when it was not the last page. */
  readonly error: unknown
}

/** More than any list of a test has. */
const PAGES_MAX = 20_000

interface ReadOptions {
  readonly table?: string
  readonly rowsMax?: number
  /** Each page is read by a source of its own. */
  readonly afresh?: boolean
  readonly from?: string | null
}

export async function readAll(
  open: () => PagedRows,
  { table = 'things', rowsMax = 1_000, afresh = false, from = null }: ReadOptions = {},
): Promise<Readings> {
  const { signal } = new AbortController()
  const scope = { table, from: null, to: null, filters: [] }
  const events: ChangeEvent[] = []
  const pages: number[] = []
  const bookmarks: string[] = []
  let one = open()
  const upTo = await one.last(scope, signal)
  for (let after: string | null = from; ; ) {
    if (pages.length > PAGES_MAX) throw new Error(`no end after ${PAGES_MAX} pages`)
    try {
      const page = await one.page({ scope, after, upTo, rowsMax, run: 'c/r' }, signal)
      events.push(...page.events)
      pages.push(page.events.length)
      if (page.next === null) return { events, pages, bookmarks, error: null }
      bookmarks.push(page.next)
      after = page.next
    } catch (error) {
      return { events, pages, bookmarks, error }
    }
    if (afresh) one = open()
  }
}

export const faultsOf = (events: readonly ChangeEvent[]) => events.map(({ parts: { fault } }) => fault)
export const idsOf = (events: readonly ChangeEvent[]) => events.map(({ after, before }) => (after ?? before)?.id)

/** Why nothing can be read. */
export async function failureOf(spec: RestSpecInput, more: More = {}): Promise<MillraceError> {
  const { error } = await readAll(() => apiSource(spec, more))
  if (error instanceof MillraceError) return error
  throw new Error(`no error of millrace, but ${error}`)
}
