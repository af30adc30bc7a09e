// What is asked of an API, and how its answers are read: data alone, so that it may come over HTTP and rest in an order.
// No secret is part of it; what looks like one is refused, for it belongs into the credentials.

import { z } from 'zod'
import { JsonPath } from './json-path.ts'

const SECRET_NAME =
  /(^|[-_.])((api|auth|access|private|secret)[-_]?key|(?<!page[-_]?|next[-_]?|continuation[-_]?|sync[-_]?)token|secret|passw(or)?d|signature|authorization|cookie|credentials?)$/iu

const notSecret = (name: string) => !SECRET_NAME.test(name)
const BELONGS = 'looks like a secret: put it into `auth`'

const HttpUrl = z
  .url({ protocol: /^https?$/u, error: 'must be an http or https URL' })
  .refine((text) => new URL(text).username === '' && new URL(text).password === '', BELONGS)
  .refine((text) => [...new URL(text).searchParams.keys()].every(notSecret), BELONGS)

/** Where in a request a value goes: a parameter, a path in the body, or `{name}` in the URL. */
const Placed = z.union([
  z.strictObject({ query: z.string().min(1) }),
  z.strictObject({ body: JsonPath }),
  z.strictObject({ url: z.string().regex(/^\w+$/u) }),
])
export type Placed = z.infer<typeof Placed>

/** How many items a page is to have. */
const Size = z.strictObject({ at: Placed, value: z.int().min(1).max(100_000) })

const Pagination = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('page'), at: Placed, first: z.int().min(0).default(1), size: Size.optional() }),
  z.strictObject({ type: z.literal('offset'), at: Placed, first: z.int().min(0).default(0), size: Size.optional() }),
  /** `from` says where in the answer the next cursor is; none is the end. */
  z.strictObject({ type: z.literal('cursor'), at: Placed, from: JsonPath, size: Size.optional() }),
  /** The URL behind `rel="next"` in the header `Link`. */
  z.strictObject({ type: z.literal('link'), size: Size.optional() }),
  z.strictObject({ type: z.literal('next'), from: JsonPath, size: Size.optional() }),
])

const TimeForm = z.enum(['iso', 'seconds', 'milliseconds', 'version'])
export type TimeForm = z.infer<typeof TimeForm>

const names = z.record(z.string().min(1), z.string()).refine((all) => Object.keys(all).every(notSecret), BELONGS)

export const RestSpec = z.strictObject({
  url: HttpUrl,
  method: z.enum(['GET', 'POST']).default('GET'),
  headers: names.default({}),
  query: names.default({}),
  /** Of a POST. */
  body: z.record(z.string(), z.json()).optional(),
  /** The walk is made once for each of these values. */
  each: z.strictObject({ at: Placed, values: z.array(z.json()).min(1) }).optional(),
  pagination: Pagination.default({ type: 'none' }),
  /** Where the list is; the empty path when the answer is the list. */
  items: JsonPath.default(''),
  /** The source leaves an empty list out. */
  mayLackItems: z.boolean().default(false),
  /** Where the source says how many items there are in all, whether there are more, and what went wrong. */
  total: JsonPath.optional(),
  more: JsonPath.optional(),
  errors: JsonPath.optional(),
  /** Items count as rows only where what stands there is one of these, or a time before the run's order. */
  where: z
    .array(
      z.union([
        z.strictObject({ path: JsonPath, is: z.array(z.json()).min(1) }),
        z.strictObject({ path: JsonPath, until: z.literal('order') }),
      ]),
    )
    .default([]),
  /** A list in each item, of which each element is a row. */
  expand: JsonPath.optional(),
  /** Where the source gives one item by itself: `{name}` stands for the field of a row. Samples of what was read are asked for so. */
  one: z.strictObject({ url: HttpUrl, item: JsonPath.default('') }).optional(),
  /** Where a field is, if not under its own name; of several places the first that has something. */
  fields: z.record(z.string(), z.union([JsonPath, z.array(JsonPath).min(1)])).default({}),
  constants: z.record(z.string(), z.string()).default({}),
  /** What says which version of a row it is. Without it, what is read later is newer. */
  version: z.strictObject({ path: JsonPath, as: z.enum(['number', 'time']) }).optional(),
  /** A row is gone where this is true. */
  gone: JsonPath.optional(),
  /** What to send of the time or version from which on changes are wanted, after `overlap` (ms, or versions) is taken off. */
  since: z.strictObject({ at: Placed, as: TimeForm, overlap: z.int().min(0).default(0) }).optional(),
  /** Where the time of the run's order goes: what changes later is the next run's. */
  until: z.strictObject({ at: Placed, as: TimeForm.exclude(['version']) }).optional(),
  requestsPerSecond: z.number().positive().max(10_000).optional(),
  limits: z
    .strictObject({
      connectMs: z.int().min(1).default(10_000),
      answerMs: z.int().min(1).default(60_000),
      answerBytes: z
        .int()
        .min(1)
        .default(32 * 1024 * 1024),
      redirects: z.int().min(0).max(20).default(5),
      /** So many pages without an item may come one after another while more are announced. */
      emptyPages: z.int().min(0).default(20),
    })
    .prefault({}),
})
export type RestSpec = z.infer<typeof RestSpec>
export type RestSpecInput = z.input<typeof RestSpec>
