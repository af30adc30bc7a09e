// What a request for an import may hold, and what it comes to.

import { z } from 'zod'
import { COMPRESSIONS, Dialect, ENCODINGS } from '../core/csv-dialect.ts'
import { MillraceError } from '../core/errors.ts'
import type { ImportFrom } from '../core/import-from.ts'
import { RestAuth } from '../core/rest-auth.ts'
import { RestSpec, type RestSpecInput } from '../core/rest-spec.ts'
import type { ImportWanted } from '../pipeline/import-order.ts'

const Mapping = z.record(z.string().max(64), z.string().min(1).max(1_000))

const Auth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('bearer'), token: z.string().min(1) }),
  z.strictObject({ type: z.literal('basic'), username: z.string(), password: z.string() }),
  z.strictObject({
    type: z.literal('apikey'),
    key: z.string().min(1),
    name: z.string().optional(),
    in: z.enum(['header', 'query']).optional(),
  }),
])

const Pagination = z.strictObject({
  enabled: z.boolean().default(true),
  type: z.enum(['page', 'offset', 'cursor', 'link', 'next']).default('page'),
  /** The parameter that says which page; `page`, `offset` or `cursor` when left out. */
  parameter: z.string().min(1).optional(),
  /** Where in the answer the cursor, or the next URL, is found. */
  from: z.string().min(1).optional(),
  sizeParameter: z.string().min(1).optional(),
  pageSize: z.int().min(1).max(100_000).optional(),
})

const Common = {
  targetTable: z.string().max(64).default('content_index'),
  contentType: z.string().min(1).max(50).optional(),
  columnMapping: Mapping.default({}),
  constants: Mapping.default({}),
}

const CsvOptions = z.strictObject({
  ...Common,
  hasHeader: z.boolean().default(true),
  delimiter: z.string().optional(),
  quote: z.string().optional(),
  encoding: z.enum(ENCODINGS).optional(),
  compression: z.enum(COMPRESSIONS).optional(),
})

const ApiOptions = z.strictObject({
  ...Common,
  auth: Auth.default({ type: 'none' }),
  pagination: Pagination.optional(),
  /** Where in the answer the list is; the answer itself when left out. */
  itemsPath: z.string().min(1).optional(),
  /** Whatever else is asked, in the words of the REST source. */
  request: z.record(z.string(), z.json()).default({}),
})

const More = {
  /** Read it again although it says what it said last time. */
  force: z.boolean().default(false),
  dry_run: z.boolean().default(false),
}

export const TriggerBody = z.discriminatedUnion('sourceType', [
  z.strictObject({
    sourceType: z.literal('csv'),
    /** A file within the folder of imports. */
    sourceIdentifier: z.string().min(1).max(4_000),
    options: CsvOptions.prefault({}),
    ...More,
  }),
  z.strictObject({
    sourceType: z.literal('api'),
    sourceIdentifier: z.string().min(1).max(4_000),
    options: ApiOptions.prefault({}),
    ...More,
  }),
])
export type TriggerBody = z.infer<typeof TriggerBody>

/** `seal` makes of credentials what may rest in the log. */
export function wantedBy(body: TriggerBody, seal: (secret: string) => string): ImportWanted {
  const { contentType, constants } = body.options
  const all = { ...constants, ...(contentType === undefined ? {} : { content_type: contentType }) }
  const from = body.sourceType === 'csv' ? fileOf(body, all) : apiOf(body, all, seal)
  return { table: body.options.targetTable, from, isForced: body.force }
}

type OfKind<Kind> = Extract<TriggerBody, { readonly sourceType: Kind }>

function fileOf({ sourceIdentifier, options }: OfKind<'csv'>, constants: Record<string, string>): ImportFrom {
  const { columnMapping, hasHeader, delimiter, quote, encoding, compression } = options
  const dialect = Dialect.safeParse({ hasHeader, delimiter, quote, encoding, compression })
  if (!dialect.success) throw invalid(dialect.error)
  return { kind: 'csv', file: sourceIdentifier, dialect: dialect.data, mapping: columnMapping, constants }
}

function apiOf(
  { sourceIdentifier, options }: OfKind<'api'>,
  constants: Record<string, string>,
  seal: (secret: string) => string,
): ImportFrom {
  const { columnMapping, itemsPath, pagination, request, auth } = options
  const spec = RestSpec.safeParse({
    url: sourceIdentifier,
    fields: columnMapping,
    constants,
    ...(itemsPath === undefined ? {} : { items: itemsPath }),
    ...(pagination === undefined ? {} : { pagination: pagesOf(pagination) }),
    ...request,
  })
  if (!spec.success) throw invalid(spec.error)
  const credentials = RestAuth.safeParse(authOf(auth))
  if (!credentials.success) throw invalid(credentials.error)
  const sealed = auth.type === 'none' ? {} : { auth: seal(JSON.stringify(credentials.data)) }
  return { kind: 'api', spec: spec.data, ...sealed }
}

function pagesOf(pagination: z.infer<typeof Pagination>): RestSpecInput['pagination'] {
  const { enabled, type, parameter = type, from, sizeParameter = 'limit', pageSize } = pagination
  if (!enabled) return { type: 'none' }
  const size = pageSize === undefined ? {} : { size: { at: { query: sizeParameter }, value: pageSize } }
  const at = { query: parameter }
  switch (type) {
    case 'page':
    case 'offset':
      return { type, at, ...size }
    case 'cursor':
      return { type, at, from: from ?? 'next_cursor', ...size }
    case 'link':
      return { type, ...size }
    case 'next':
      return { type, from: from ?? 'next', ...size }
  }
}

function authOf(auth: z.infer<typeof Auth>): object {
  if (auth.type === 'basic') return { type: 'basic', user: auth.username, password: auth.password }
  return auth.type === 'apikey' ? { ...auth, type: 'apiKey' } : auth
}

function invalid({ issues }: z.ZodError): MillraceError {
  const faults = issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  return new MillraceError('IMPORT_INVALID', faults.join('; '))
}
