// Signing in and out: a token is given once, and from then on the browser's session speaks for it.

import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { MillraceError } from '../core/errors.ts'
import type { Clock } from '../pipeline/clock.ts'
import { type Caller, callerBy } from './caller.ts'
import type { Routes } from './control-server.ts'
import { SESSION_MS, sessionCookie, sessionOf } from './session.ts'
import { SessionView, sessionView } from './session-view.ts'
import { SignInLimit } from './sign-in-limit.ts'
import { type Token, tokenGiven } from './token.ts'

export interface SessionRoutesOptions {
  readonly tokens: readonly Token[]
  readonly clock: Clock
  /** Browsers reach the server by https, and are to send the session by nothing else. */
  readonly isSecure: boolean
}

const SignIn = z.strictObject({ token: z.string().trim().min(1, 'give a token').max(1_000) })

export function sessionRoutes({ tokens, clock, isSecure }: SessionRoutesOptions): Routes {
  return (app) => {
    const limit = new SignInLimit(() => clock.nowMs())
    const cookieOf = (token: Token | null) => {
      const nowMs = clock.nowMs()
      return sessionCookie(token && { token, untilMs: nowMs + SESSION_MS }, { nowMs, isSecure })
    }

    app.post<{ Body: z.infer<typeof SignIn> }>('/api/session', {
      config: { role: null, about: 'Sign in with a token: the answer sets a session cookie.', answer: SessionView },
      schema: { body: SignIn },
      handler: async ({ body, ip, caller }, reply) => {
        if (caller?.by === 'local') return sessionView(caller)
        refuseTooMany(limit, ip, reply)
        const token = tokenGiven(body.token, tokens)
        if (token === null) {
          limit.failed(ip)
          throw new MillraceError('SIGN_IN_REFUSED', 'there is no such token')
        }
        reply.header('set-cookie', cookieOf(token))
        return sessionView(callerBy(token, null))
      },
    })

    app.get('/api/session', {
      config: { role: 'viewer', about: 'Who asks: by token, by session, or from this machine.', answer: SessionView },
      handler: async ({ caller, headers }, reply) => {
        const nowMs = clock.nowMs()
        const session = sessionOf(headers.cookie ?? '', tokens, nowMs)
        // Whoever comes every day need not sign in every day.
        if (session !== null && session.untilMs - nowMs < SESSION_MS / 2)
          reply.header('set-cookie', cookieOf(session.token))
        return sessionView(caller as Caller)
      },
    })

    app.delete('/api/session', {
      config: { role: null, about: 'Sign out.' },
      handler: async (_request, reply) => reply.header('set-cookie', cookieOf(null)).code(204).send(),
    })
  }
}

function refuseTooMany(limit: SignInLimit, address: string, reply: FastifyReply): void {
  if (!limit.isReached(address)) return
  reply.header('retry-after', limit.withinS)
  throw new MillraceError('SIGN_IN_LIMITED', 'too many sign-ins have failed of late')
}
