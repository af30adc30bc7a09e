// Who is asking, and whether they may: bearer tokens with a role each. Without tokens only this machine can reach the
// server, and whoever is on it may do everything.

import { createHash, timingSafeEqual } from 'node:crypto'
import { MillraceError } from '../core/errors.ts'
import { mayActAs, type Role } from '../core/role.ts'

export interface Token {
  readonly name: string
  readonly role: Role
  readonly token: string
}

export interface Caller {
  readonly name: string
  readonly role: Role
}

const LOCAL: Caller = { name: 'local', role: 'admin' }

/** The caller that an Authorization header proves; null when it proves none. */
export function callerOf(header: string | undefined, tokens: readonly Token[]): Caller | null {
  if (tokens.length === 0) return LOCAL
  const given = /^Bearer (\S+)$/i.exec(header ?? '')?.[1]
  if (given === undefined) return null
  const match = tokens.find(({ token }) => timingSafeEqual(digest(token), digest(given)))
  return match === undefined ? null : { name: match.name, role: match.role }
}

export function demand(caller: Caller | null, needed: Role): void {
  if (caller === null) throw new MillraceError('TOKEN_MISSING', `this needs a token with the role ${needed}`)
  if (mayActAs(caller.role, needed)) return
  throw new MillraceError('ROLE_MISSING', `${caller.name} is a ${caller.role}; this needs the role ${needed}`)
}

/** Digests have one length, which is what a comparison in constant time needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
