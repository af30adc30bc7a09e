// The console's page, for everybody who reaches the server: what it shows, it asks the API for, as whoever has signed in.

import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { MillraceError } from '../core/errors.ts'
import type { ConsolePage, PageFile } from './console-page.ts'
import type { Routes } from './control-server.ts'

export interface ConsoleRoutesOptions {
  readonly page: ConsolePage
}

const INDEX = 'index.html'
/** Nothing runs, and nothing is asked, but what comes from this server. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')
const NEW_EACH_TIME = 'no-cache'
/** What changes gets another name. */
const FOR_EVER = 'public, max-age=31536000, immutable'

const Named = z.strictObject({ file: z.string().max(200) })

export function consoleRoutes({ page }: ConsoleRoutesOptions): Routes {
  const find = (path: string): PageFile => {
    const file = page.get(path)
    if (file !== undefined) return file
    if (page.size > 0) throw new MillraceError('ENDPOINT_UNKNOWN', `there is nothing at /${path}`)
    throw new MillraceError('CONSOLE_MISSING', "the console's page was not built")
  }
  return (app) => {
    app.get('/', {
      config: { role: null, about: 'The console.' },
      handler: (request, reply) => send(find(INDEX), request, reply.header('cache-control', NEW_EACH_TIME)),
    })

    app.get<{ Params: z.infer<typeof Named> }>('/console/:file', {
      config: { role: null, about: "The console's parts." },
      schema: { params: Named },
      handler: (request, reply) =>
        send(find(`console/${request.params.file}`), request, reply.header('cache-control', FOR_EVER)),
    })
  }
}

function send({ type, etag, plain, packed }: PageFile, { headers }: FastifyRequest, reply: FastifyReply) {
  const accepted = String(headers['accept-encoding'] ?? '').toLowerCase()
  const [coding, body] = [...packed].find(([name]) => accepts(accepted, name)) ?? [null, plain]
  reply.headers({ 'content-security-policy': POLICY, etag, vary: 'accept-encoding' }).type(type)
  if (headers['if-none-match'] === etag) return reply.code(304).send()
  if (coding !== null) reply.header('content-encoding', coding)
  return reply.send(body)
}

/** A weight of 0 takes it away; of others the server chooses. */
function accepts(accepted: string, coding: string): boolean {
  const named = new RegExp(`(?:^|[,\\s])${coding}\\s*(?:;\\s*q=([\\d.]+))?\\s*(?:,|$)`, 'u').exec(accepted)
  return named !== null && Number(named[1] ?? 1) > 0
}
