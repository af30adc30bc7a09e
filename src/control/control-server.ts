// The HTTP server: who may ask what, what a request may hold, and one shape for every error. It owns no state; its
// routes ask what they are given.

import Fastify, {
  type FastifyContextConfig,
  type FastifyInstance,
  type FastifyRequest,
  type RouteOptions,
} from 'fastify'
import type { z } from 'zod'
import { MillraceError } from '../core/errors.ts'
import type { Role } from '../core/role.ts'
import type { Logger } from '../observe/logger.ts'
import type { Clock } from '../pipeline/clock.ts'
import { type Caller, callerOf, demand } from './caller.ts'
import { errorAnswer } from './error-answer.ts'
import { refuseForeign } from './refuse-foreign.ts'
import type { Token } from './token.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The least role that may ask; null: everybody who reaches the server. */
    readonly role?: Role | null
    readonly about?: string
    /** Its answer goes on for as long as somebody follows it. */
    readonly isStream?: boolean
    /** What it answers, for those who make clients of the API. */
    readonly answer?: z.ZodType
  }
  interface FastifyRequest {
    caller: Caller | null
  }
}

export type Routes = (app: FastifyInstance) => void

export interface ControlOptions {
  readonly host: string
  readonly port: number
  readonly tokens: readonly Token[]
  /** Where people reach it, if it is not where it listens. */
  readonly publicUrl: string | null
  readonly clock: Clock
  readonly logger: Logger
  readonly routes: readonly Routes[]
  /** Hears of each request that was answered. */
  readonly onAnswered?: (answered: Answered) => void
}

export interface Answered {
  readonly method: string
  /** Of the route, so that there are few; empty where there is none. */
  readonly url: string
  readonly status: number
  readonly tookMs: number
}

export interface Endpoint {
  readonly method: string
  readonly url: string
  readonly role: Role | null
  readonly about: string
  readonly answer?: z.ZodType | undefined
  /** What it checks of a request: the zod schemas of its parts. */
  readonly schema: { readonly body?: unknown; readonly params?: unknown; readonly querystring?: unknown }
}

const BODY_BYTES_MAX = 1_048_576
/** An id of a dead letter begins with its connector's name. */
const PARAM_LENGTH_MAX = 300
const REQUEST_TIME_MS_MAX = 30_000

/** Of every answer; a route may say otherwise. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

export class ControlServer implements AsyncDisposable {
  readonly #app: FastifyInstance
  readonly #options: ControlOptions
  readonly #endpoints: Endpoint[] = []

  constructor(options: ControlOptions) {
    this.#options = options
    this.#app = Fastify({
      bodyLimit: BODY_BYTES_MAX,
      requestTimeout: REQUEST_TIME_MS_MAX,
      forceCloseConnections: true,
      routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
      schemaController: { compilersFactory: { buildValidator: unused, buildSerializer: unused } },
    })
    // Text is no body of any request.
    this.#app.removeContentTypeParser('text/plain')
    this.#app.addHook('onRoute', (route) => this.#remember(route))
    this.#app.setValidatorCompiler<z.ZodType>(
      ({ schema, httpPart }) =>
        (given) =>
          check(schema, given, httpPart),
    )
    this.#app.decorateRequest('caller', null)
    this.#app.addHook('onRequest', async (request, reply) => {
      reply.headers(HEADERS)
      this.#admit(request)
    })
    this.#app.addHook('onResponse', async (request, reply) => {
      const { method, routeOptions } = request
      // How long somebody follows events says nothing of how long an answer takes.
      if (routeOptions.config.isStream) return
      const answered = { method, url: routeOptions.url ?? '', status: reply.statusCode, tookMs: reply.elapsedTime }
      options.onAnswered?.(answered)
    })
    this.#app.setErrorHandler((error, request, reply) => {
      const { status, body } = errorAnswer(error)
      if (status === 500)
        options.logger.error({ err: error, method: request.method, url: request.url }, 'request failed')
      return reply.code(status).send(body)
    })
    this.#app.setNotFoundHandler((request) => this.#refuse(request))
    for (const addTo of options.routes) addTo(this.#app)
  }

  get endpoints(): readonly Endpoint[] {
    return this.#endpoints
  }

  /** Binds, and returns the address to ask at. */
  async listen(): Promise<string> {
    const { host, port } = this.#options
    try {
      return await this.#app.listen({ host, port })
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause
      throw new MillraceError('PORT_TAKEN', `${host}:${port} is taken by another process`, { cause })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#app.close()
  }

  #remember({ method, url, config, schema = {} }: RouteOptions): void {
    for (const one of [method].flat()) {
      if (one !== 'HEAD') this.#endpoints.push({ method: one, url, schema, ...read(config) })
    }
  }

  #admit(request: FastifyRequest): void {
    const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers
    // Clients that always send JSON say so of no body too.
    if (length === '0' && coding === undefined) delete request.headers['content-type']
    const { tokens, publicUrl, clock } = this.#options
    refuseForeign(request, { publicUrl, isLocal: tokens.length === 0 })
    request.caller = callerOf(request.headers, tokens, clock.nowMs())
    const { role } = request.routeOptions.config
    if (role !== null && role !== undefined) demand(request.caller, role)
  }

  #refuse(request: FastifyRequest): never {
    const path = request.url.replace(/\?.*/, '')
    const all = this.#endpoints.filter(({ url }) => patternOf(url).test(path)).map(({ method }) => method)
    const methods = [...new Set(all)]
    if (methods.length === 0) throw new MillraceError('ENDPOINT_UNKNOWN', `there is nothing at ${path}`)
    throw new MillraceError('METHOD_NOT_ALLOWED', `${path} answers ${methods.join(', ')}, not ${request.method}`)
  }
}

function read({ role = null, about = '', answer }: FastifyContextConfig = {}) {
  return { role, about, answer }
}

function patternOf(url: string): RegExp {
  return new RegExp(`^${url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:[^/]+/g, '[^/]+')}$`)
}

/** Zod checks requests, nobody checks answers: Fastify would load its own ways at every start, 2 MiB for nothing. */
function unused(): never {
  throw new MillraceError('INTERNAL', 'a route has a schema that nobody compiles')
}

function check(schema: z.ZodType, given: unknown, part: string | undefined): { value: unknown } | { error: Error } {
  const parsed = schema.safeParse(given)
  if (parsed.success) return { value: parsed.data }
  const faults = parsed.error.issues.map((issue) => `${[part, ...issue.path].join('.')}: ${issue.message}`)
  return { error: new MillraceError('REQUEST_INVALID', faults.join('; ')) }
}
