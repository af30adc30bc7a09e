// A session, kept by the browser alone: a name, until when, and a seal whose key comes of the token that it began with. So
// it outlives restarts, holds in every process that knows the token, does not contain it, and ends with it.

import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Token } from './token.ts'

export interface Session {
  readonly token: Token
  readonly untilMs: number
}

export const SESSION_MS = 12 * 3_600_000
const COOKIE = 'millrace_session'
const COOKIES_MAX = 8
const PURPOSE = 'millrace session'

/** The header that keeps it in the browser; without a session, the one that takes it away. */
export function sessionCookie(session: Session | null, by: { nowMs: number; isSecure: boolean }): string {
  const value = session === null ? '' : textOf(session)
  const seconds = session === null ? 0 : Math.floor((session.untilMs - by.nowMs) / 1_000)
  const secure = by.isSecure ? '; Secure' : ''
  return `${COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`
}

/** The one that a Cookie header proves; null when it proves none. Servers on other ports of the host set it too. */
export function sessionOf(header: string, tokens: readonly Token[], nowMs: number): Session | null {
  const values = [...header.matchAll(/(?:^|;\s*)millrace_session=([^;\s]*)/gu)].map(([, value = '']) => value)
  const sessions = values.slice(0, COOKIES_MAX).map((value) => readSession(value, tokens))
  return sessions.find((session) => session !== null && session.untilMs > nowMs) ?? null
}

/** A name may hold dots; it comes last. */
function textOf(session: Session): string {
  return [session.untilMs, sealOf(session), session.token.name].join('.')
}

function readSession(text: string, tokens: readonly Token[]): Session | null {
  const [, until, seal = '', name] = /^(\d{1,15})\.([\w-]{43})\.([\w.-]+)$/u.exec(text) ?? []
  const untilMs = Number(until)
  const sessions = tokens.filter((token) => token.name === name).map((token) => ({ token, untilMs }))
  return sessions.find((session) => timingSafeEqual(Buffer.from(sealOf(session)), Buffer.from(seal))) ?? null
}

function sealOf({ token: { name, token }, untilMs }: Session): string {
  const key = hkdfSync('sha256', token, '', PURPOSE, 32)
  return createHmac('sha256', new Uint8Array(key)).update(`${untilMs} ${name}`).digest('base64url')
}
