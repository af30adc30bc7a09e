// What every contender that reads a stream is given.

import type { Bookmark } from '../../../src/source/source.ts'

export interface StreamJob {
  readonly endpoint: string
  /** The stream's ARN. */
  readonly stream: string
  /** Before the first record, as our source says it. */
  readonly bookmark: Bookmark
  readonly records: number
}

/** How often a contender reads the whole stream: the clock runs the last time, for compiled code is nobody's merit. */
export const PASSES = ['warm-up', 'counts'] as const
export type Pass = (typeof PASSES)[number]

/** Where what is read goes on to MySQL: a database with the comments that are answered, and a log, for each pass. */
export interface LineJob extends StreamJob {
  readonly mysqlUrls: Readonly<Record<Pass, string>>
  readonly folder: string
}
