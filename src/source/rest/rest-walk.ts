// How far a walk through an API's pages has come, and what has to be true of the next page for none to be missed. What is
// found wrong ends the walk with a fault, behind the rows that were read.

import { createHash } from 'node:crypto'
import { z } from 'zod'
import { MillraceError } from '../../core/errors.ts'
import { valueAt } from '../../core/json-path.ts'
import type { RestSpec } from '../../core/rest-spec.ts'
import type { RestAnswer } from './rest-answer.ts'
import { shown } from './rest-client.ts'

export const Walk = z.strictObject({
  /** Which of the values that the walk is made for. */
  part: z.number(),
  /** The page to be read: its number, offset, cursor or URL; null for the first. */
  at: z.union([z.string(), z.number()]).nullable(),
  /** Of this part, before that page. */
  pages: z.number(),
  items: z.number(),
  /** What the source said last of how many there are. */
  total: z.number().nullable(),
  /** Of the first page. */
  size: z.number(),
  /** A page was shorter than that. */
  isShort: z.boolean(),
  /** Pages without items, one after another. */
  empties: z.number(),
  /** A cursor that came some time ago. One that comes again makes a circle, which is found when it meets this one. */
  mark: z.string().nullable(),
  markedAt: z.number(),
  /** Of the items of the page before. */
  before: z.string().nullable(),
  /** Rows of all pages so far. */
  rows: z.number(),
  /** So many rows of that page were handed out, when it was this page. */
  given: z.number(),
  page: z.string().nullable(),
  /** Why the walk may have missed something. */
  fault: z.string().nullable(),
})
export type Walk = z.infer<typeof Walk>

export function beginning(part: number, rows: number): Walk {
  return {
    ...{ part, at: null, pages: 0, items: 0, total: null, size: 0, isShort: false, empties: 0 },
    ...{ mark: null, markedAt: 0, before: null, rows, given: 0, page: null, fault: null },
  }
}

export interface PageRead {
  readonly answer: RestAnswer
  /** Of its items. */
  readonly digest: string
  /** A URL as it may be written down. */
  readonly bare: (url: URL) => URL
}

/** The walk behind this page; null when it was the last one of all. */
export function walkOn(spec: RestSpec, walk: Walk, page: PageRead): Walk | null {
  const { answer } = page
  const count = answer.items.length
  const here: Walk = {
    ...{ ...walk, pages: walk.pages + 1, items: walk.items + count, given: 0, page: null },
    total: answer.total,
    size: walk.pages === 0 ? Math.max(count, sizeAsked(spec)) : walk.size,
    empties: count === 0 ? walk.empties + 1 : 0,
    before: count === 0 ? null : page.digest,
  }
  const next = nextPage(spec, here, page)
  const fault = faultOf(spec, { walk, here, next, answer })
  if (fault !== null) return { ...here, fault }
  if (next !== null) return marked({ ...here, at: next, isShort: walk.isShort || count < here.size })
  return walk.part + 1 < (spec.each?.values.length ?? 1) ? beginning(walk.part + 1, walk.rows) : null
}

function sizeAsked({ pagination }: RestSpec): number {
  return pagination.type === 'none' ? 0 : (pagination.size?.value ?? 0)
}

/** Null where there is none. */
function nextPage(spec: RestSpec, here: Walk, { answer, bare }: PageRead): string | number | null {
  const { pagination } = spec
  if (pagination.type === 'none') return null
  if (answer.hasMore === false) return null
  switch (pagination.type) {
    case 'page':
    case 'offset': {
      // A short page proves nothing: the source may clip. Only what it says, or an empty page, is the end.
      const isTold = answer.total !== null && here.items >= answer.total
      if (answer.items.length === 0 || (answer.hasMore === null && isTold)) return null
      return pagination.first + (pagination.type === 'page' ? here.pages : here.items)
    }
    case 'cursor': {
      const cursor = valueAt(answer.root, pagination.from)
      return typeof cursor === 'number' || (typeof cursor === 'string' && cursor !== '') ? cursor : null
    }
    case 'link':
      return resolved(linkNext(String(answer.headers.link ?? '')), answer.url, bare)
    case 'next': {
      const url = valueAt(answer.root, pagination.from)
      return resolved(typeof url === 'string' && url !== '' ? url : null, answer.url, bare)
    }
  }
}

function resolved(text: string | null, base: URL, bare: PageRead['bare']): string | null {
  if (text === null) return null
  const url = URL.parse(text, base.href)
  if (url === null) throw new MillraceError('IMPORT_ANSWER_INVALID', `${shown(base)} names a next page that is no URL`)
  return bare(url).href
}

/** Of a header like `<https://api.example.com/?page=2>; rel="next", <...>; rel="last"`. */
function linkNext(header: string): string | null {
  for (const [, url = '', params = ''] of header.matchAll(
    /<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s,;"]+))*)/gu,
  )) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s,;"]+))/iu.exec(params)
    if ((rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/u).includes('next')) return url
  }
  return null
}

interface Step {
  readonly walk: Walk
  readonly here: Walk
  readonly next: string | number | null
  readonly answer: RestAnswer
}

function faultOf(spec: RestSpec, { walk, here, next, answer }: Step): string | null {
  const { type } = spec.pagination
  const isCounted = type === 'page' || type === 'offset'
  const { items, pages } = here
  const count = answer.items.length
  if (isCounted && walk.total !== null && here.total !== null && here.total < walk.total) {
    return `it told of ${walk.total} items, and of ${here.total} on page ${pages}: what went moved others to pages that were read`
  }
  // Page numbers count pages of the size that was asked for; with offsets a short page costs nothing.
  if (type === 'page' && walk.isShort && count > 0) {
    return `a page had fewer than ${here.size} items, yet others follow it: the source clips its pages, so ask for smaller ones`
  }
  if (next === null) {
    if (answer.hasMore === true)
      return `page ${pages} says that more follow, but ${isCounted && count === 0 ? 'is empty' : 'not where'}`
    if (here.total !== null && items < here.total) return `it told of ${here.total} items, but gave ${items}`
    return null
  }
  if (here.empties > spec.limits.emptyPages) return `${here.empties} pages without an item followed one after another`
  if (here.before !== null && here.before === walk.before) return `page ${pages} is the one before once more`
  if (isCounted) return null
  const mark = markOf(next)
  if (next === walk.at || mark === walk.mark) return `page ${pages} leads to a page that was read before`
  return null
}

/** Circles are found as Brent did it: the mark moves on to the newest page whenever the way since then has doubled. */
function marked(here: Walk): Walk {
  const isTime = here.pages >= 2 * here.markedAt
  return isTime ? { ...here, mark: markOf(here.at ?? ''), markedAt: here.pages } : here
}

function markOf(at: string | number): string {
  return digestOf(String(at))
}

export function digestOf(text: string): string {
  return digestOfAll([text])
}

/** Of all of them as one text. */
export function digestOfAll(texts: Iterable<string>): string {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text)
  return hash.digest('base64url').slice(0, 16)
}
