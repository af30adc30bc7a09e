// What is wrong, why, and what mends it: the first thing that a person wants to know.

import { z } from 'zod'

export const Trouble = z.object({
  severity: z.enum(['critical', 'warning']),
  what: z.string(),
  why: z.string(),
  /** One sentence, for a person. */
  mend: z.string(),
  /** The very command; null where none does it. */
  command: z.string().nullable(),
  /** Where in the console it is handled, or shown; null where it is not. */
  link: z.string().nullable(),
})
export type Trouble = z.infer<typeof Trouble>
