// A Square account as tables of rows, each by a flow of its own. Which locations there are is asked once for each table, when
// its walk begins, and stays as it was while the walk goes on, in other processes too.

import { z } from 'zod'
import { MillraceError } from '../../../core/errors.ts'
import type { ChangeEvent } from '../../../core/event.ts'
import type { RestAuth } from '../../../core/rest-auth.ts'
import { type SquareFlow, squareSpec } from '../../../core/square/square-flow.ts'
import { SQUARE_FLOWS } from '../../../core/square/square-flows.ts'
import type { Row } from '../../../core/value.ts'
import type { ImportSource } from '../../import-source.ts'
import type { PageRequest, RowPage, RowScope } from '../../source.ts'
import type { Resolve } from '../address-check.ts'
import type { RestClock } from '../rest-pace.ts'
import { RestSource } from '../rest-source.ts'
import { availability } from './availability.ts'

export interface SquareSourceOptions {
  readonly connector: string
  /** As `https://connect.squareup.com`, or the sandbox's. */
  readonly url: string
  readonly token: string
  /** All there is, whatever a flow reads each time. */
  readonly isFoundation: boolean
  /** Where the run before had come to, by table, in milliseconds since 1970: what changed since is asked for as well. */
  readonly reachedMs: ReadonlyMap<string, number>
  readonly orderedAtMs: number
  readonly requestsPerSecond: number | null
  /** Tables whose rows come out of the walk through the one that is asked for. */
  readonly besides: readonly string[]
  readonly privateHosts: readonly string[]
  readonly clock: RestClock
  readonly resolve?: Resolve
}

const UpTo = z.strictObject({ locations: z.array(z.string()), asked: z.string() })

export class SquareSource implements ImportSource {
  readonly #options: SquareSourceOptions
  /** By table, for the walk that is going on. */
  readonly #sources = new Map<string, { readonly upTo: string; readonly source: RestSource }>()

  constructor(options: SquareSourceOptions) {
    this.#options = options
  }

  async last({ table }: RowScope, signal: AbortSignal): Promise<string> {
    const flow = flowOf(table)
    const locations = flow.locations === undefined && flow.derived === undefined ? [] : await this.#locations(signal)
    return JSON.stringify({ locations, asked: await this.#source(flow, locations).last() })
  }

  /** That the token is taken: the locations are what every token may read. */
  check(): Promise<void> {
    return this.#source(flowOf('locations'), []).check()
  }

  async digest(): Promise<null> {
    return null
  }

  /** Nobody knows before it was read. */
  async expect(): Promise<null> {
    return null
  }

  async page(request: PageRequest, signal: AbortSignal): Promise<RowPage> {
    const flow = flowOf(request.scope.table)
    const upTo = request.upTo ?? (await this.last(request.scope, signal))
    const { locations, asked } = UpTo.parse(JSON.parse(upTo))
    if (flow.locations !== undefined && locations.length === 0) return { events: [], next: null, tookMs: 0 }
    const known = this.#sources.get(flow.table)
    const source = known?.upTo === upTo ? known.source : this.#source(flow, locations)
    this.#sources.set(flow.table, { upTo, source })
    return source.page({ ...request, upTo: asked }, signal)
  }

  async again(
    rows: readonly Row[],
    asked: { readonly table: string; readonly run: string },
    signal: AbortSignal,
  ): Promise<readonly ChangeEvent[] | null> {
    return (await this.#sources.get(asked.table)?.source.again(rows, asked, signal)) ?? null
  }

  #source(flow: SquareFlow, locations: readonly string[]): RestSource {
    const { url, token, requestsPerSecond, besides, ...options } = this.#options
    const ask = { url, locations, requestsPerSecond }
    const beside = besides.map(flowOf).filter(({ walkedWith }) => walkedWith === flow.table)
    const derive = { derive: (item: Parameters<typeof availability>[0]) => availability(item, locations) }
    return new RestSource({
      ...options,
      spec: squareSpec(flow, ask),
      auth: { type: 'bearer', token } satisfies RestAuth,
      imported: flow.imported,
      since: this.#since([flow, ...beside]),
      others: beside.map((one) => ({ table: one.table, spec: squareSpec(one, ask), imported: one.imported })),
      ...(flow.derived === undefined ? {} : derive),
    })
  }

  /** The longest window that the flows read, or longer where the last run of one lies farther back. */
  #since(flows: readonly SquareFlow[]): number | null {
    const { isFoundation, reachedMs, orderedAtMs } = this.#options
    let since = orderedAtMs
    for (const { table, reads } of flows) {
      if (isFoundation || typeof reads === 'string') return null
      since = Math.min(since, orderedAtMs - reads.changedWithinMs, reachedMs.get(table) ?? orderedAtMs)
    }
    return since
  }

  async #locations(signal: AbortSignal): Promise<readonly string[]> {
    const source = this.#source(flowOf('locations'), [])
    const scope = { table: 'locations', from: null, to: null, filters: [] }
    const page = await source.page(
      { scope, after: null, upTo: null, rowsMax: Number.MAX_SAFE_INTEGER, run: '' },
      signal,
    )
    return page.events.flatMap(({ after }) => (typeof after?.id === 'string' ? [after.id] : [])).sort()
  }
}

function flowOf(table: string): SquareFlow {
  const flow = SQUARE_FLOWS.find((one) => one.table === table)
  if (flow !== undefined) return flow
  const tables = SQUARE_FLOWS.map((one) => one.table).join(', ')
  throw new MillraceError('IMPORT_INVALID', `nothing of Square goes into ${table}: there are ${tables}`)
}
