// One request to an API and its whole answer: within time and size, from a public address, with the credentials for their
// own origin alone. What cannot be had now is worth another try; what may not be had is not.

import type { IncomingMessage } from 'node:http'
import type { LookupFunction } from 'node:net'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { MillraceError } from '../../core/errors.ts'
import { HttpAgent, HttpsAgent, requestHttp, requestHttps } from '../../core/node-http.ts'
import type { RestAuth } from '../../core/rest-auth.ts'
import { checkedLookup, checkHost, type Resolve } from './address-check.ts'
import { authorize, Secrets } from './secrets.ts'

export interface RestRequest {
  readonly url: URL
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

export interface RestReply {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** Null when its bytes are no UTF-8. */
  readonly text: string | null
  /** Who answered, after all redirects. */
  readonly url: URL
}

export interface RestClientOptions {
  readonly auth: RestAuth
  /** The credentials are for this origin. */
  readonly origin: string
  readonly connectMs: number
  readonly answerMs: number
  readonly answerBytes: number
  readonly redirects: number
  /** Hosts that may have private addresses, each with its port or without. */
  readonly privateHosts: readonly string[]
  readonly resolve?: Resolve
}

const REDIRECTS = [301, 302, 303, 307, 308]

export class RestClient {
  readonly #options: RestClientOptions
  readonly #lookup: LookupFunction
  readonly #secrets: Secrets
  readonly #agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) }

  constructor(options: RestClientOptions) {
    this.#options = options
    this.#secrets = new Secrets(options.auth)
    this.#lookup = checkedLookup(options.resolve)
  }

  async ask(request: RestRequest, signal: AbortSignal): Promise<RestReply> {
    try {
      return await this.#follow(request, signal)
    } catch (error) {
      // A redirect may lead to an address that gives the credentials back.
      if (!(error instanceof MillraceError) || this.#secrets.hide(error.message) === error.message) throw error
      throw new MillraceError(error.code, this.#secrets.hide(error.message), { hint: error.hint })
    }
  }

  async #follow(request: RestRequest, signal: AbortSignal): Promise<RestReply> {
    const seen = new Set<string>()
    for (let at = request; ; ) {
      const reply = await this.#exchange(at, signal)
      const target = reply.headers.location
      if (!REDIRECTS.includes(reply.status) || target === undefined) return reply
      seen.add(at.url.href)
      at = this.#redirected(at, reply.status, target)
      if (seen.has(at.url.href)) throw refusedRedirect(at.url, 'leads back to where it came from')
      if (seen.size > this.#options.redirects) {
        throw refusedRedirect(at.url, `is one more than the ${this.#options.redirects} that are allowed`)
      }
    }
  }

  #redirected(from: RestRequest, status: number, target: string): RestRequest {
    const url = URL.parse(target, from.url.href)
    if (url === null) throw refusedRedirect(from.url, 'leads to no URL')
    if (from.method === 'POST' && status !== 307 && status !== 308) {
      throw refusedRedirect(url, `would make a GET of a POST (${status})`)
    }
    if (from.url.protocol === 'https:' && url.protocol === 'http:') throw refusedRedirect(url, 'leaves https')
    return { ...from, url }
  }

  async #exchange({ url: bare, method, headers: own, body }: RestRequest, signal: AbortSignal): Promise<RestReply> {
    const url = new URL(bare)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new MillraceError('IMPORT_ADDRESS_REFUSED', `${url.protocol} is neither http nor https`)
    }
    const isPrivateAllowed = [url.host, url.hostname].some((host) => this.#options.privateHosts.includes(host))
    if (!isPrivateAllowed) checkHost(url)
    const headers: Record<string, string> = { accept: 'application/json', 'accept-encoding': 'gzip', ...own }
    if (body !== null) headers['content-type'] = 'application/json'
    if (url.origin === this.#options.origin) authorize(this.#options.auth, url, headers)
    const { connectMs, answerMs } = this.#options
    const late = AbortSignal.timeout(answerMs)
    const unconnected = new AbortController()
    try {
      const sent = url.protocol === 'https:' ? requestHttps : requestHttp
      const outgoing = sent(url, {
        ...{ method, headers, agent: this.#agents[url.protocol] },
        ...(isPrivateAllowed ? {} : { lookup: this.#lookup }),
        signal: AbortSignal.any([signal, late, unconnected.signal]),
      })
      outgoing.on('socket', (socket) => {
        if (!socket.connecting) return
        const timer = setTimeout(() => unconnected.abort(), connectMs)
        for (const event of ['connect', 'close']) socket.once(event, () => clearTimeout(timer))
      })
      const reply = await new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.on('response', resolve).on('error', reject)
        outgoing.end(body ?? undefined)
      })
      const text = await this.#whole(reply, bare)
      return { status: reply.statusCode ?? 0, headers: reply.headers, text, url: bare }
    } catch (error) {
      signal.throwIfAborted()
      if (late.aborted) throw unavailable(bare, `did not answer in full within ${answerMs} ms`)
      if (unconnected.signal.aborted) throw unavailable(bare, `could not be connected to within ${connectMs} ms`)
      throw named(error, bare)
    }
  }

  async #whole(reply: IncomingMessage, url: URL): Promise<string | null> {
    const coding = reply.headers['content-encoding'] ?? 'identity'
    if (coding !== 'identity' && coding !== 'gzip') {
      reply.destroy()
      throw new MillraceError('IMPORT_ANSWER_INVALID', `${shown(url)} answers in ${coding}, though asked for gzip`)
    }
    const decoder = new TextDecoder('utf-8', { fatal: true })
    let text = ''
    let length = 0
    try {
      for await (const chunk of coding === 'gzip' ? unpacked(reply) : (reply as AsyncIterable<Buffer>)) {
        length += chunk.length
        if (length > this.#options.answerBytes) throw tooLarge(url, this.#options.answerBytes)
        text += decoder.decode(chunk, { stream: true })
      }
      return text + decoder.decode()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return null
      throw error
    } finally {
      reply.destroy()
    }
  }
}

function tooLarge(url: URL, bytes: number): MillraceError {
  return new MillraceError(
    'IMPORT_ANSWER_INVALID',
    `${shown(url)} answers with more than ${bytes} bytes: ask for smaller pages`,
  )
}

/** As people are told: without what may hold a secret. */
export function shown(url: URL): string {
  return `${url.origin}${url.pathname}`
}

function unpacked(reply: Readable): AsyncIterable<Buffer> {
  const unpacking = createGunzip()
  reply.once('error', (error) => unpacking.destroy(error))
  return reply.pipe(unpacking)
}

const UNTRUSTED = /^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER))/u

function named(error: unknown, url: URL): MillraceError {
  if (error instanceof MillraceError) return error
  const { code = 'UNKNOWN', message } = error as NodeJS.ErrnoException
  if (UNTRUSTED.test(code)) {
    return new MillraceError('IMPORT_UNTRUSTED', `${url.origin} cannot be trusted: ${code}`, { cause: error })
  }
  if (code.startsWith('HPE_')) {
    return new MillraceError('IMPORT_ANSWER_INVALID', `${url.origin} answers in something else than HTTP: ${code}`)
  }
  if (code.startsWith('Z_')) {
    return new MillraceError('IMPORT_ANSWER_INVALID', `${shown(url)} answers with broken gzip: ${message}`)
  }
  return unavailable(url, code === 'ECONNRESET' ? 'cut the connection short' : `cannot be reached: ${code}`, error)
}

function unavailable(url: URL, what: string, cause?: unknown): MillraceError {
  return new MillraceError('IMPORT_UNAVAILABLE', `${shown(url)} ${what}`, { cause })
}

function refusedRedirect(url: URL, why: string): MillraceError {
  return new MillraceError('IMPORT_REQUEST_REFUSED', `the redirect to ${shown(url)} ${why}`)
}
