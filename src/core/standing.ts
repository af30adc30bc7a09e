// What is amiss with the parts of one process, for the process that tells people.

import type { Symptom } from './symptom.ts'

export interface Standing {
  readonly process: string
  readonly symptoms: readonly Symptom[]
  readonly atMs: number
}
