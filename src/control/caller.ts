// Who is asking, and whether they may: by a bearer token, or by a session that began with one. Without tokens only this
// machine can reach the server, and whoever is on it may do everything.

import { MillraceError } from '../core/errors.ts'
import { mayActAs, type Role } from '../core/role.ts'
import { sessionOf } from './session.ts'
import { type Token, tokenGiven } from './token.ts'

export interface Caller {
  readonly name: string
  readonly role: Role
  readonly by: 'token' | 'local'
  /** When the session ends; null where there is none. */
  readonly untilMs: number | null
}

interface Proof {
  readonly authorization?: string | undefined
  readonly cookie?: string | undefined
}

const LOCAL: Caller = { name: 'local', role: 'admin', by: 'local', untilMs: null }

/** The caller that a request proves to be from; null when it proves nothing. */
export function callerOf({ authorization, cookie }: Proof, tokens: readonly Token[], nowMs: number): Caller | null {
  if (tokens.length === 0) return LOCAL
  if (authorization === undefined) {
    const session = sessionOf(cookie ?? '', tokens, nowMs)
    return session === null ? null : callerBy(session.token, session.untilMs)
  }
  const given = /^Bearer (\S+)$/i.exec(authorization)?.[1]
  const token = given === undefined ? null : tokenGiven(given, tokens)
  return token === null ? null : callerBy(token, null)
}

export function callerBy({ name, role }: Token, untilMs: number | null): Caller {
  return { name, role, by: 'token', untilMs }
}

export function demand(caller: Caller | null, needed: Role): void {
  if (caller === null) throw new MillraceError('TOKEN_MISSING', `this needs a token with the role ${needed}`)
  if (mayActAs(caller.role, needed)) return
  throw new MillraceError('ROLE_MISSING', `${caller.name} is a ${caller.role}; this needs the role ${needed}`)
}
