// A client of a Confluent-compatible schema registry: what millrace needs of its HTTP API, no more.

import { z } from 'zod'
import { MillraceError } from '../../core/errors.ts'

const TIMEOUT_MS = 10_000
const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json'

const Version = z.object({ id: z.number(), schema: z.string() })
const Registered = z.object({ id: z.number() })
const Schema = z.object({ schema: z.string() })
const Compatibility = z.object({ compatibilityLevel: z.string() })
const Refusal = z.object({ message: z.string() })

interface Answer {
  readonly status: number
  readonly body: unknown
}

export class Registry {
  readonly #base: string
  readonly #headers: Readonly<Record<string, string>>

  /** A user and a password in the URL are sent as basic authentication. */
  constructor(url: string) {
    const parsed = new URL(url)
    const { username, password } = parsed
    parsed.username = ''
    parsed.password = ''
    this.#base = parsed.href.replace(/\/+$/u, '')
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    this.#headers = {
      accept: MEDIA_TYPE,
      'content-type': MEDIA_TYPE,
      ...(username === '' ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
    }
  }

  async newest(subject: string): Promise<{ id: number; schema: string } | null> {
    const answer = await this.#ask('GET', `/subjects/${encodeURIComponent(subject)}/versions/latest`)
    return answer.status === 404 ? null : this.#read(Version, answer)
  }

  async schema(id: number): Promise<string | null> {
    const answer = await this.#ask('GET', `/schemas/ids/${id}`)
    return answer.status === 404 ? null : this.#read(Schema, answer).schema
  }

  /** The schema's id, new or as it is known; null when the registry's rules of compatibility refuse it. */
  async register(subject: string, schema: string): Promise<{ id: number } | { refused: string }> {
    const answer = await this.#ask('POST', `/subjects/${encodeURIComponent(subject)}/versions`, { schema })
    if (answer.status === 409) return { refused: Refusal.safeParse(answer.body).data?.message ?? 'no reason given' }
    return this.#read(Registered, answer)
  }

  /** Registers a schema that the rules would refuse, and leaves the rules as they were. */
  async registerForced(subject: string, schema: string): Promise<{ id: number } | { refused: string }> {
    const path = `/config/${encodeURIComponent(subject)}`
    const before = await this.#ask('GET', `${path}?defaultToGlobal=false`)
    const level = Compatibility.safeParse(before.body).data?.compatibilityLevel
    this.#check(await this.#ask('PUT', path, { compatibility: 'NONE' }))
    try {
      return await this.register(subject, schema)
    } finally {
      const isOwn = before.status === 200 && level !== undefined
      await (isOwn ? this.#ask('PUT', path, { compatibility: level }) : this.#ask('DELETE', path))
    }
  }

  async #ask(method: string, path: string, body?: object): Promise<Answer> {
    let status: number
    let text: string
    try {
      const response = await fetch(this.#base + path, {
        method,
        headers: this.#headers,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      status = response.status
      text = await response.text()
    } catch (cause) {
      throw new MillraceError('REGISTRY_UNAVAILABLE', `the schema registry ${this.#base} does not answer`, { cause })
    }
    return { status, body: parse(text) }
  }

  #read<Shape>(schema: z.ZodType<Shape>, answer: Answer): Shape {
    this.#check(answer)
    const parsed = schema.safeParse(answer.body)
    if (parsed.success) return parsed.data
    throw new MillraceError('REGISTRY_REFUSED', `${this.#base} does not answer as a schema registry does`)
  }

  #check({ status, body }: Answer): void {
    if (status < 300) return
    const reason = Refusal.safeParse(body).data?.message ?? 'no reason given'
    const code = status >= 500 || status === 429 ? 'REGISTRY_UNAVAILABLE' : 'REGISTRY_REFUSED'
    throw new MillraceError(code, `the schema registry ${this.#base} answered ${status}: ${reason}`)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
