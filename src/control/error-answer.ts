// Every error that leaves over HTTP has one shape: { error: { code, message, hint } }.

import { ERRORS, type ErrorCode, MillraceError } from '../core/errors.ts'

export interface ErrorAnswer {
  readonly status: number
  readonly body: { readonly error: { readonly code: ErrorCode; readonly message: string; readonly hint: string } }
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  BODY_TOO_LARGE: 413,
  CONFLICT_SETTLED: 409,
  CONFLICT_UNKNOWN: 404,
  CONSOLE_MISSING: 503,
  DEAD_LETTER_UNKNOWN: 404,
  ENDPOINT_UNKNOWN: 404,
  FORECAST_LATE: 504,
  GAP_UNKNOWN: 404,
  IMPORT_ADDRESS_REFUSED: 400,
  IMPORT_ANSWER_INVALID: 502,
  IMPORT_CHANGED: 409,
  IMPORT_DENIED: 502,
  IMPORT_INVALID: 400,
  IMPORT_REFUSED: 400,
  IMPORT_REQUEST_REFUSED: 502,
  IMPORT_UNTRUSTED: 502,
  IMPORT_UNREADABLE: 400,
  MEDIA_TYPE_UNKNOWN: 415,
  METHOD_NOT_ALLOWED: 405,
  NOTHING_TO_REPAIR: 409,
  ORIGIN_FOREIGN: 403,
  REQUEST_INVALID: 400,
  ROLE_MISSING: 403,
  RUN_OVER: 409,
  RUN_UNKNOWN: 404,
  SCHEDULE_UNKNOWN: 404,
  SCOPE_INVALID: 400,
  SIGN_IN_LIMITED: 429,
  SIGN_IN_REFUSED: 401,
  TOKEN_MISSING: 401,
  VENUE_UNKNOWN: 404,
}

/** Fastify's own errors under our names. */
const NAMES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNKNOWN',
}

export function errorAnswer(error: unknown): ErrorAnswer {
  const named = error instanceof MillraceError ? error : nameError(error)
  const { code, message, hint } = named
  return { status: STATUS[code] ?? (named.fate === 'retry' ? 503 : 500), body: { error: { code, message, hint } } }
}

/** What has no name of ours: a request that Fastify refused, or a defect, whose details stay in the log. */
function nameError(error: unknown): MillraceError {
  const {
    code = '',
    statusCode = 500,
    message = '',
  } = error as { code?: string; statusCode?: number; message?: string }
  const name = NAMES[code]
  if (name !== undefined) return new MillraceError(name, message, { cause: error })
  if (statusCode >= 400 && statusCode < 500) return new MillraceError('REQUEST_INVALID', message, { cause: error })
  return new MillraceError('INTERNAL', 'the request failed', { cause: error, hint: ERRORS.INTERNAL.hint })
}
