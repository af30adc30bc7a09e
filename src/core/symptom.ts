// One thing that is amiss, in words that may leave the house: names, counts and codes, never what rows hold or what a
// server said.

import { z } from 'zod'
import type { Cause } from './cause.ts'
import { CAUSES } from './cause.ts'

const causes = Object.keys(CAUSES) as [Cause, ...Cause[]]

export const Symptom = z.object({
  /** Names it: while it is there, it is the same. */
  key: z.string(),
  /** What belongs together by its cause is told together. */
  group: z.string(),
  severity: z.enum(['critical', 'warning']),
  what: z.string(),
  why: z.string(),
  cause: z.enum(causes).nullable(),
  /** What a person does about it, in one sentence. */
  mend: z.string(),
  command: z.string().nullable(),
  /** Where in the console it is shown. */
  link: z.string().nullable(),
  /** Of things that become more and more; null for what is only there or not. */
  count: z.number().nullable(),
  /** How long it has to last before it is worth a word. */
  lastsMs: z.number(),
})
export type Symptom = z.infer<typeof Symptom>
