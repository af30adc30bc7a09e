// The request for one page.

import { placeAt } from '../../core/json-path.ts'
import type { Placed, RestSpec, TimeForm } from '../../core/rest-spec.ts'
import type { RestRequest } from './rest-client.ts'
import type { Walk } from './rest-walk.ts'

export interface Asking {
  readonly spec: RestSpec
  /** Milliseconds since 1970, or a version; null for all there is. */
  readonly since: number | bigint | null
  readonly untilMs: number
}

export function restAsk({ spec, since, untilMs }: Asking, { part, at }: Walk): RestRequest {
  const asked = new Asked(spec)
  const { pagination: paging, each } = spec
  if (each !== undefined) asked.place(each.at, each.values[part])
  if (spec.since !== undefined && since !== null) {
    const { as, overlap } = spec.since
    const from = BigInt(since) - BigInt(overlap)
    asked.place(spec.since.at, as === 'version' ? String(from < 0n ? 0n : from) : written(Number(from), as))
  }
  if (spec.until !== undefined) asked.place(spec.until.at, written(untilMs, spec.until.as))
  if (paging.type === 'none') return asked.request()
  if (paging.size !== undefined) asked.place(paging.size.at, paging.size.value)
  if (paging.type === 'link' || paging.type === 'next') {
    const request = asked.request()
    return typeof at === 'string' ? { ...request, url: new URL(at) } : request
  }
  const place = paging.type === 'cursor' ? at : (at ?? paging.first)
  if (place !== null) asked.place(paging.at, place)
  return asked.request()
}

function written(ms: number, as: Exclude<TimeForm, 'version'>): string | number {
  const whole = Math.max(0, ms)
  if (as === 'iso') return new Date(whole).toISOString()
  return as === 'seconds' ? Math.floor(whole / 1_000) : whole
}

class Asked {
  readonly #spec: RestSpec
  readonly #query: [string, string][] = []
  readonly #body: Record<string, unknown>
  #url: string

  constructor(spec: RestSpec) {
    this.#spec = spec
    this.#url = spec.url
    this.#body = structuredClone(spec.body ?? {})
  }

  place(at: Placed, value: unknown): void {
    if ('body' in at) placeAt(this.#body, at.body, value)
    else if ('query' in at) this.#query.push([at.query, textOf(value)])
    else this.#url = this.#url.replaceAll(`{${at.url}}`, encodeURIComponent(textOf(value)))
  }

  request(): RestRequest {
    const { method, headers, query } = this.#spec
    const url = new URL(this.#url)
    for (const [name, value] of [...Object.entries(query), ...this.#query]) url.searchParams.set(name, value)
    return { url, method, headers, body: method === 'POST' ? JSON.stringify(this.#body) : null }
  }
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
