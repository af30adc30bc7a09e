// The API as an OpenAPI 3.1 document, made of the routes themselves: what a request may hold is what they check.

import { z } from 'zod'
import type { Endpoint } from './control-server.ts'

type Json = Readonly<Record<string, unknown>>

const ERROR: Json = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: { code: { type: 'string' }, message: { type: 'string' }, hint: { type: 'string' } },
      required: ['code', 'message', 'hint'],
    },
  },
}

export function openApi(endpoints: readonly Endpoint[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const endpoint of endpoints) {
    const path = endpoint.url.replace(/:([^/]+)/gu, '{$1}')
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'millrace', version },
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'millrace_session' },
      },
    },
  }
}

function operation({ about, role, schema, answer }: Endpoint): Json {
  const { body, params, querystring } = schema
  return {
    summary: about,
    ...(role === null ? { security: [] } : { security: [{ token: [] }, { session: [] }], 'x-role': role }),
    parameters: [...parameters('path', params), ...parameters('query', querystring)],
    ...(body === undefined ? {} : { requestBody: { content: { 'application/json': { schema: jsonSchema(body) } } } }),
    responses: {
      '2XX': {
        description: 'Done, or under way.',
        ...(answer && { content: { 'application/json': { schema: jsonSchema(answer, 'output') } } }),
      },
      default: {
        description: 'What is wrong, and how to mend it.',
        content: { 'application/json': { schema: ERROR } },
      },
    },
  }
}

function parameters(place: 'path' | 'query', schema: unknown): readonly Json[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = jsonSchema(schema) as { properties?: Json; required?: readonly string[] }
  return Object.entries(properties).map(([name, one]) => {
    return { name, in: place, required: place === 'path' || required.includes(name), schema: one }
  })
}

function jsonSchema(schema: unknown, io: 'input' | 'output' = 'input'): Json {
  return z.toJSONSchema(schema as z.ZodType, { io, unrepresentable: 'any' }) as Json
}
