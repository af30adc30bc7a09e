// Square's API in front of a merchant: the documented requests, limits, cursors and errors. What goes wrong is meddled in.

import { type Asked, type Scripted, ScriptedApi } from './scripted-api.ts'
import type { Thing } from './square-order.ts'
import type { SquareWorld } from './square-world.ts'

export const SQUARE_TOKEN = 'EAAAl-scripted-token-0123456789'

interface Query {
  readonly cursor?: string
  readonly limit?: number | undefined
}

interface Wanted {
  readonly list: string
  /** In this order. */
  readonly things: readonly Thing[]
  readonly by?: (thing: Thing) => string
  /** The limit when none is given, and the highest. */
  readonly limits: readonly [usual: number, most: number]
  readonly query: Query
}

export class ScriptedSquare implements AsyncDisposable {
  readonly world: SquareWorld
  /** No page is longer, whatever is asked for. */
  clip = 1_000
  /** What is answered instead of what is right. */
  meddle: (right: () => Scripted, asked: Asked) => Scripted = (right) => right()
  readonly #api: ScriptedApi
  #sorted: { readonly key: string; readonly orders: readonly Thing[] } | null = null

  private constructor(api: ScriptedApi, world: SquareWorld) {
    this.#api = api
    this.world = world
  }

  static async open(world: SquareWorld): Promise<ScriptedSquare> {
    const api = await ScriptedApi.open()
    const square = new ScriptedSquare(api, world)
    api.answer = (asked) => square.meddle(() => square.#answer(asked), asked)
    return square
  }

  get url(): string {
    return this.#api.url
  }

  get asked(): readonly Asked[] {
    return this.#api.asked
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#api[Symbol.asyncDispose]()
  }

  #answer(asked: Asked): Scripted {
    const { method, url, headers } = asked
    if (headers.authorization !== `Bearer ${SQUARE_TOKEN}`) return failed(401, 'AUTHENTICATION_ERROR', 'UNAUTHORIZED')
    if (headers['square-version'] === undefined)
      return failed(400, 'INVALID_REQUEST_ERROR', 'MISSING_REQUIRED_PARAMETER')
    const [, location] = /^\/v2\/locations\/([^/]+)\/transactions$/u.exec(url.pathname) ?? []
    if (location !== undefined) return this.#transactions(location, asked)
    const one = method === 'GET' ? this.#one(url.pathname) : undefined
    if (one !== undefined) return one
    switch (`${method} ${url.pathname}`) {
      case 'GET /v2/locations':
        return { body: { locations: this.world.locations } }
      case 'POST /v2/catalog/search':
        return this.#catalog(asked.body as CatalogQuery)
      case 'POST /v2/inventory/counts/batch-retrieve':
        return this.#counts(asked.body as CountsQuery)
      case 'POST /v2/vendors/search':
        return this.#page({
          list: 'vendors',
          things: sorted(this.world.vendors),
          limits: [100, 100],
          query: asked.body as Query,
        })
      case 'POST /v2/orders/search':
        return this.#orders(asked.body as OrdersQuery)
      case 'GET /v2/payments':
        return this.#payments(asked)
      default:
        return failed(404, 'INVALID_REQUEST_ERROR', 'NOT_FOUND')
    }
  }

  /** One thing by its id; undefined for what is no such request. */
  #one(path: string): Scripted | undefined {
    const [, kind = '', id = ''] =
      /^\/v2\/(?:locations\/[^/]+\/)?(locations|orders|payments|vendors|transactions|catalog\/object)\/([^/]+)$/u.exec(
        path,
      ) ?? []
    const { locations, orders, payments, vendors, transactions, catalog } = this.world
    const of: Readonly<Record<string, readonly [string, Iterable<Thing>]>> = {
      locations: ['location', locations],
      orders: ['order', orders.values()],
      payments: ['payment', payments.values()],
      vendors: ['vendor', vendors],
      transactions: ['transaction', transactions],
      'catalog/object': ['object', catalog.values()],
    }
    const [name, things] = of[kind] ?? []
    if (name === undefined || things === undefined) return undefined
    const found = [...things].find((thing) => thing.id === decodeURIComponent(id) && thing.is_deleted !== true)
    return found === undefined ? failed(404, 'INVALID_REQUEST_ERROR', 'NOT_FOUND') : { body: { [name]: found } }
  }

  #catalog(query: CatalogQuery): Scripted {
    const types = query.object_types
    const isMeant = ({ type, is_deleted, updated_at }: Thing) =>
      types.includes(String(type)) &&
      (query.include_deleted_objects === true || is_deleted !== true) &&
      (query.begin_time === undefined || String(updated_at) > query.begin_time)
    // A limit beyond the highest is ignored.
    const limit = query.limit !== undefined && query.limit > 1_000 ? 100 : query.limit
    const things = [...this.world.catalog.values()].filter(isMeant)
    return this.#page({ list: 'objects', things: sorted(things), limits: [100, 1_000], query: { ...query, limit } })
  }

  #counts(query: CountsQuery): Scripted {
    const things = [...this.world.counts.values()].filter(
      ({ calculated_at }) => String(calculated_at) > (query.updated_after ?? ''),
    )
    return this.#page({ list: 'counts', things: sorted(things), limits: [100, 1_000], query })
  }

  #orders(query: OrdersQuery): Scripted {
    const { location_ids: locations = [], query: search, limit = 500 } = query
    if (locations.length === 0) return failed(400, 'INVALID_REQUEST_ERROR', 'MISSING_REQUIRED_PARAMETER')
    if (locations.length > 10 || limit > 1_000) return failed(400, 'INVALID_REQUEST_ERROR', 'VALUE_TOO_HIGH')
    const range = search?.filter?.date_time_filter?.updated_at
    if (range !== undefined && search?.sort?.sort_field !== 'UPDATED_AT')
      return failed(400, 'INVALID_REQUEST_ERROR', 'BAD_REQUEST')
    const { start_at = '', end_at = '~' } = range ?? {}
    const things = this.#ordersOf(JSON.stringify([locations, range]), ({ location_id, updated_at }) => {
      const at = String(updated_at)
      return locations.includes(String(location_id)) && at >= start_at && at <= end_at
    })
    return this.#page({ list: 'orders', things, by: byUpdate, limits: [500, 1_000], query })
  }

  /** Sorted once for all pages of a walk, while nothing changes. */
  #ordersOf(query: string, isMeant: (order: Thing) => boolean): readonly Thing[] {
    const { nowMs, orders } = this.world
    const key = `${nowMs} ${orders.size} ${query}`
    if (this.#sorted?.key !== key) {
      this.#sorted = { key, orders: sorted([...orders.values()].filter(isMeant), byUpdate) }
    }
    return this.#sorted.orders
  }

  #payments({ url }: Asked): Scripted {
    const query = Object.fromEntries(url.searchParams)
    const location = query.location_id ?? this.world.locations[0]?.id
    const yearAgo = new Date(this.world.nowMs - 365 * 24 * 3_600_000).toISOString()
    const things = [...this.world.payments.values()].filter(
      ({ location_id, created_at, updated_at }) =>
        location_id === location &&
        String(created_at) >= (query.begin_time ?? yearAgo) &&
        String(updated_at) >= (query.updated_at_begin_time ?? '') &&
        String(updated_at) <= (query.updated_at_end_time ?? '~'),
    )
    const limit = Math.min(Number(query.limit ?? 100), 100)
    return this.#page({
      list: 'payments',
      things: sorted(things, byUpdate),
      by: byUpdate,
      limits: [100, 100],
      query: { ...query, limit },
    })
  }

  #transactions(location: string, { url }: Asked): Scripted {
    const query = Object.fromEntries(url.searchParams)
    const things = this.world.transactions.filter(
      ({ location_id, created_at }) => location_id === location && String(created_at) >= (query.begin_time ?? ''),
    )
    return this.#page({ list: 'transactions', things: sorted(things), limits: [50, 50], query: query as Query })
  }

  #page({ list, things, by: keyOf = byId, limits: [usual, most], query }: Wanted): Scripted {
    const { cursor, limit = usual, ...rest } = query
    const asked = JSON.stringify(rest)
    const from = cursor === undefined ? { behind: '', asked } : JSON.parse(Buffer.from(cursor, 'base64url').toString())
    // A cursor is for the query that it came from.
    if (from.asked !== asked) return failed(400, 'INVALID_REQUEST_ERROR', 'INVALID_CURSOR')
    const left = things.slice(placeBehind(things, from.behind, keyOf))
    const page = left.slice(0, Math.min(limit, most, this.clip))
    const behind = keyOf(page.at(-1) ?? { id: '' })
    const next = Buffer.from(JSON.stringify({ behind, asked })).toString('base64url')
    // An empty list is left out, and so is the cursor behind the last page.
    return { body: { ...(page.length > 0 && { [list]: page }), ...(page.length < left.length && { cursor: next }) } }
  }
}

interface CatalogQuery extends Query {
  readonly object_types: readonly string[]
  readonly include_deleted_objects?: boolean
  readonly begin_time?: string
}

interface CountsQuery extends Query {
  readonly updated_after?: string
}

interface OrdersQuery extends Query {
  readonly location_ids?: readonly string[]
  readonly query?: {
    readonly filter?: {
      readonly date_time_filter?: { readonly updated_at?: { readonly start_at?: string; readonly end_at?: string } }
    }
    readonly sort?: { readonly sort_field?: string }
  }
}

const byId = ({ id }: Thing) => id
const byUpdate = ({ id, updated_at }: Thing) => `${updated_at} ${id}`

function sorted(things: Iterable<Thing>, by: (thing: Thing) => string = byId): readonly Thing[] {
  return [...things].sort((one, other) => (by(one) < by(other) ? -1 : 1))
}

/** How many of the sorted things come up to there. */
function placeBehind(things: readonly Thing[], key: string, by: (thing: Thing) => string): number {
  let [low, high] = [0, things.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (by(things[middle]!) > key) high = middle
    else low = middle + 1
  }
  return low
}

function failed(status: number, category: string, code: string): Scripted {
  return { status, body: { errors: [{ category, code, detail: `${code} it is` }] } }
}

/** As Square says that it is asked too often. */
export function throttled(seconds: number): Scripted {
  return { ...failed(429, 'RATE_LIMIT_ERROR', 'RATE_LIMITED'), headers: { 'retry-after': String(seconds) } }
}
