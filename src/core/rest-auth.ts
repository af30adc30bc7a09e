// The credentials of an API. They are no part of what is asked, which may be shown and rest in the log.

import { z } from 'zod'

/** What a header can carry. */
const secret = z.string().regex(/^[\x21-\x7e]+$/u, 'must be one line of ASCII without spaces')

export const RestAuth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('bearer'), token: secret }),
  z.strictObject({ type: z.literal('basic'), user: z.string().regex(/^[^:]*$/u), password: z.string() }),
  z.strictObject({
    type: z.literal('apiKey'),
    key: secret,
    in: z.enum(['header', 'query']).default('header'),
    name: z
      .string()
      .regex(/^[\w-]+$/u)
      .default('x-api-key'),
  }),
])
export type RestAuth = z.infer<typeof RestAuth>
