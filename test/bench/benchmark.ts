// What a benchmark is: a name to ask for it by, and what it does to make its report.

import type { Measured } from './measured.ts'
import type { Report } from './report.ts'

export interface Setting {
  /** How often each contender runs. */
  readonly rounds: number
  /** Of a full run's amount, what this run takes. */
  readonly amount: (full: number) => number
  /** Runs the contender in `file` once, in a process of its own. */
  readonly measure: (file: URL, job: object) => Promise<Measured>
  /** Says how far it is. */
  readonly say: (line: string) => void
}

export interface Benchmark {
  readonly name: string
  /** Runs only where it is named. */
  readonly isLong?: boolean
  readonly run: (setting: Setting) => Promise<readonly Report[]>
}
