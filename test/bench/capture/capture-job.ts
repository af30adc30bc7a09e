// What every capture contender is given: where the backlog lies, and where it is to go.

import type { Bookmark } from '../../../src/source/source.ts'

export interface CaptureJob {
  readonly mysqlUrl: string
  readonly rows: number
  /** Everything the server had executed before the backlog. */
  readonly gtids: string
  /** The same place as our source says it. */
  readonly bookmark: Bookmark
  /** A file that is not there yet. */
  readonly file: string
  readonly kafkaUrl: string
  /** Of this run alone: it names the writer. */
  readonly name: string
}
