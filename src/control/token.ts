// Who may ask over HTTP, as the settings name them.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { Role } from '../core/role.ts'

export interface Token {
  readonly name: string
  readonly role: Role
  readonly token: string
}

export function tokenGiven(given: string, tokens: readonly Token[]): Token | null {
  return tokens.find(({ token }) => timingSafeEqual(digest(token), digest(given))) ?? null
}

/** Digests have one length, which is what a comparison in constant time needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
