// Refuses what pages of other sites make a browser ask. A browser always says which site a page is of when it matters;
// programs say nothing, and are let through.

import { MillraceError } from '../core/errors.ts'
import { isLoopback } from '../core/is-loopback.ts'

export interface Asked {
  readonly method: string
  readonly headers: {
    readonly host?: string | undefined
    readonly origin?: string | undefined
    readonly 'sec-fetch-site'?: string | string[] | undefined
  }
}

export interface OwnPlace {
  /** Where people reach it, if it is not where it listens. */
  readonly publicUrl: string | null
  /** Whoever is on this machine may do everything: a name that somebody else has made point here must not reach it. */
  readonly isLocal: boolean
}

const SAFE = ['GET', 'HEAD', 'OPTIONS']
const OWN_SITES = ['same-origin', 'none']

export function refuseForeign({ method, headers }: Asked, { publicUrl, isLocal }: OwnPlace): void {
  const { host = '', origin, 'sec-fetch-site': site } = headers
  const own = publicUrl === null ? null : new URL(publicUrl)
  if (isLocal && host !== '' && host.toLowerCase() !== own?.host && !isLoopback(hostnameOf(host)))
    throw foreign(`without MILLRACE_TOKENS nobody is answered who asks for ${host}`)
  if (origin !== undefined && origin !== own?.origin && hostOf(origin) !== host.toLowerCase())
    throw foreign(`${origin} is not the origin of this server`)
  if (origin === undefined && site !== undefined && !SAFE.includes(method) && !OWN_SITES.includes(String(site)))
    throw foreign('a page of another site asks')
}

/** With its port, unless that is the scheme's own; a proxy may have taken away the scheme, so that is not compared. */
function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null
}

function hostnameOf(host: string): string {
  const url = `http://${host}`
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/u, '$1') : ''
}

function foreign(message: string): MillraceError {
  return new MillraceError('ORIGIN_FOREIGN', message)
}
