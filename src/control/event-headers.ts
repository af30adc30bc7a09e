// What an answer that is written by hand says of itself: what every answer says, and that it is a stream of events.

import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyReply } from 'fastify'

export function eventHeaders(reply: FastifyReply): OutgoingHttpHeaders {
  // Proxies would else gather events before they pass them on.
  return {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    'content-type': 'text/event-stream',
    'x-accel-buffering': 'no',
  }
}
