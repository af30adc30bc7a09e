// What an API answered: the items of a page and what it says of those that follow; or, by name, why there are none.

import type { IncomingHttpHeaders } from 'node:http'
import { type ErrorCode, MillraceError } from '../../core/errors.ts'
import { type Json, valueAt } from '../../core/json-path.ts'
import type { RestSpec } from '../../core/rest-spec.ts'
import { type RestReply, shown } from './rest-client.ts'
import type { Secrets } from './secrets.ts'

export interface RestAnswer {
  readonly items: readonly Json[]
  /** All of it. */
  readonly root: Json
  readonly headers: IncomingHttpHeaders
  readonly url: URL
  /** How many items the source says that there are in all, and whether more follow; null where it does not say. */
  readonly total: number | null
  readonly hasMore: boolean | null
}

const SHOWN_MAX = 200
const RETRIED = [408, 425, 429]

export interface Reading {
  readonly spec: RestSpec
  readonly secrets: Secrets
  /** Told in a message: when the source wants to be asked again. */
  readonly waitMs: number | null
  /** What stands where lists do is one item. */
  readonly isOne?: boolean
}

export function restAnswer(reply: RestReply, { spec, secrets, waitMs, isOne = false }: Reading): RestAnswer {
  const source = shown(reply.url)
  const fail = (code: ErrorCode, what: string) => new MillraceError(code, secrets.hide(`${source} ${what}`))
  const { status, headers, text } = reply
  // What is hidden after it was cut is not found any more.
  const safe = (long: string) => excerpt(secrets.hide(long))
  const said = () => safe(text ?? '')
  if (status === 401 || status === 403) throw fail('IMPORT_DENIED', `answers ${status}: ${said()}`)
  if (status >= 500 || RETRIED.includes(status)) {
    const wait = waitMs === null ? '' : `, to be asked again in ${Math.ceil(waitMs / 1_000)} s`
    throw fail('IMPORT_UNAVAILABLE', `answers ${status}${wait}: ${said()}`)
  }
  if (status < 200 || status > 299) throw fail('IMPORT_REQUEST_REFUSED', `answers ${status}: ${said()}`)
  const type = headers['content-type']
  if (type !== undefined && !/^[\w.-]+\/([\w.-]+\+)?json\s*(;|$)/iu.test(type)) {
    throw fail('IMPORT_ANSWER_INVALID', `answers with ${type} instead of JSON: ${said()}`)
  }
  if (text === null) throw fail('IMPORT_ANSWER_INVALID', 'answers with bytes that are no UTF-8')
  const root = json(text)
  if (root === undefined) {
    throw fail(
      'IMPORT_ANSWER_INVALID',
      `answers with JSON that is cut short or wrong; its end is: ${secrets.hide(text).slice(-80)}`,
    )
  }
  const errors = spec.errors === undefined ? undefined : valueAt(root, spec.errors)
  if (errors !== undefined && errors !== null && !(Array.isArray(errors) && errors.length === 0)) {
    throw fail('IMPORT_ANSWER_INVALID', `answers ${status}, but tells of errors: ${safe(JSON.stringify(errors))}`)
  }
  const found = valueAt(root, spec.items)
  const items = isOne && found !== undefined && isRecord(found) ? [found] : found
  const isLeftOut = items === undefined && spec.mayLackItems && isRecord(root)
  if (!Array.isArray(items) && !isLeftOut) {
    throw fail(
      'IMPORT_ANSWER_INVALID',
      `has no ${isOne ? 'object' : 'list'} at ${spec.items === '' ? 'the top' : `"${spec.items}"`}: it has ${safe(partsOf(root))}`,
    )
  }
  const total = spec.total === undefined ? null : Number(valueAt(root, spec.total) ?? Number.NaN)
  if (total !== null && !(Number.isSafeInteger(total) && total >= 0)) {
    throw fail('IMPORT_ANSWER_INVALID', `does not say at "${spec.total}" how many there are`)
  }
  const more = spec.more === undefined ? null : valueAt(root, spec.more)
  if (more !== null && typeof more !== 'boolean') {
    throw fail('IMPORT_ANSWER_INVALID', `does not say at "${spec.more}" whether there are more`)
  }
  const list = Array.isArray(items) ? (items as readonly Json[]) : []
  return { items: list, root, headers, url: reply.url, total, hasMore: more }
}

/** Numbers that a float cannot hold stay as they are written. Undefined for what is no JSON. */
function json(text: string): Json | undefined {
  try {
    return /\d[\d.]{15}/u.test(text) ? JSON.parse(text, exactly) : JSON.parse(text)
  } catch {
    return undefined
  }
}

function exactly(_name: string, value: unknown, { source }: { readonly source?: string } = {}): unknown {
  if (typeof value !== 'number' || source === undefined || source.length < 16 || !/^-?\d+(\.\d+)?$/u.test(source))
    return value
  return source
}

function isRecord(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function partsOf(root: Json): string {
  if (Array.isArray(root)) return `a list of ${root.length}`
  if (!isRecord(root)) return JSON.stringify(root)
  return Object.keys(root).length === 0 ? 'nothing' : Object.keys(root).join(', ')
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim()
  return line.length > SHOWN_MAX ? `${line.slice(0, SHOWN_MAX)}…` : line
}
