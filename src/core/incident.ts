// What is amiss together, from its beginning until all of it is well again, and what people were told of it.

import { z } from 'zod'
import { Symptom } from './symptom.ts'

const Suffered = z.object({
  symptom: Symptom,
  sinceMs: z.number(),
  /** When there were last more of it than before. */
  grewAtMs: z.number(),
  /** Null while it is there. */
  clearedAtMs: z.number().nullable(),
  /** How many there were when people heard of it; null before they have. */
  toldCount: z.number().nullable(),
})
export type Suffered = z.infer<typeof Suffered>

export const Incident = z.object({
  id: z.string(),
  group: z.string(),
  openedAtMs: z.number(),
  suffered: z.array(Suffered),
  /** Null before the first message. */
  toldAtMs: z.number().nullable(),
  /** Messages so far: each is an answer to the first. */
  tellings: z.number(),
  /** Since when none of it is there any more; null while some is. */
  clearSinceMs: z.number().nullable(),
  /** When people were told that it is over; it is kept for a while, for what comes back belongs to it. */
  closedAtMs: z.number().nullable(),
  /** How often it has come back. */
  returns: z.number(),
})
export type Incident = z.infer<typeof Incident>

export function isPresent({ clearedAtMs }: Suffered): boolean {
  return clearedAtMs === null
}
