// Orders runs over HTTP and waits for them, as a person with curl would.

import { expect } from 'vitest'
import type { RunView } from '../../src/control/run-view.ts'
import type { VerificationView } from '../../src/control/verify-view.ts'
import type { Millrace } from './millrace.ts'
import { until, type Waiting } from './until.ts'

const EVERY_MS = 30

interface Forecast {
  readonly write_units: number
  readonly minutes: number | null
}

export class Runs {
  readonly #millrace: Pick<Millrace, 'url'>
  readonly #headers: Readonly<Record<string, string>>

  constructor(millrace: Pick<Millrace, 'url'>, token: string | null = null) {
    this.#millrace = millrace
    this.#headers = token === null ? {} : { authorization: `Bearer ${token}` }
  }

  async backfill(scope: object, limits: object = {}): Promise<RunView> {
    const answer = await this.ask('POST', '/api/backfills', { connector: 'feedback', scope, limits })
    expect(answer).toMatchObject({ status: 202 })
    return answer.body as RunView
  }

  async forecast(scope: object, limits: object = {}): Promise<Forecast> {
    const answer = await this.ask('POST', '/api/backfills', { connector: 'feedback', scope, limits, dry_run: true })
    expect(answer).toMatchObject({ status: 200 })
    return answer.body as Forecast
  }

  async replay(scope: object, more: object = {}): Promise<RunView> {
    const answer = await this.ask('POST', '/api/replays', { connector: 'feedback', scope, ...more })
    expect(answer).toMatchObject({ status: 202 })
    return answer.body as RunView
  }

  async verify(
    scope: object = {},
    {
      withinMs = 120_000,
      ...more
    }: { readonly withinMs?: number; readonly repair?: boolean; readonly limits?: object } = {},
  ): Promise<VerificationView> {
    const answer = await this.ask('POST', '/api/verify', { connector: 'feedback', scope, ...more })
    expect(answer).toMatchObject({ status: 202 })
    const { id } = await this.done(answer.body as RunView, withinMs)
    return (await this.ask('GET', `/api/verify/${id}?limit=10000`)).body as VerificationView
  }

  async list(): Promise<readonly RunView[]> {
    return (await this.ask('GET', '/api/runs')).body as readonly RunView[]
  }

  async get(id: string): Promise<RunView> {
    return (await this.ask('GET', `/api/runs/${id}`)).body as RunView
  }

  async set(id: string, body: object): Promise<RunView> {
    const answer = await this.ask('PATCH', `/api/runs/${id}`, body)
    expect(answer).toMatchObject({ status: 200 })
    return answer.body as RunView
  }

  async done({ id }: Pick<RunView, 'id'>, withinMs = 60_000, everyMs?: number): Promise<RunView> {
    return this.#reach(id, ['done', 'failed', 'cancelled'], { withinMs, ...(everyMs !== undefined && { everyMs }) })
  }

  /** What a run may not be for long is asked for often. */
  async is(
    id: string,
    states: readonly string[],
    { withinMs = 60_000, everyMs = EVERY_MS }: Partial<Omit<Waiting, 'what'>> = {},
  ): Promise<RunView> {
    return this.#reach(id, states, { withinMs, everyMs })
  }

  async #reach(id: string, states: readonly string[], waiting: Omit<Waiting, 'what'>): Promise<RunView> {
    let last: RunView | null = null
    const ask = async () => {
      last = await this.get(id)
      return states.includes(last.state) ? last : null
    }
    return until(ask, { what: `run ${id} is ${states.join(' or ')}`, ...waiting }).catch((error) => {
      throw new Error(`${error.message}: ${JSON.stringify(last)}`)
    })
  }

  /** All events until the run ends. */
  async events(id: string): Promise<readonly RunView[]> {
    const answer = await fetch(`${this.#millrace.url}/api/runs/${id}/events`, { headers: this.#headers })
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    return [...(await answer.text()).matchAll(/^data: (.*)$/gmu)].map(([, data]) => JSON.parse(data ?? '') as RunView)
  }

  async ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const sent = { headers: { ...this.#headers, ...type }, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const answer = await fetch(`${this.#millrace.url}${path}`, { method, ...sent })
    return { status: answer.status, body: await answer.json() }
  }
}
