// The port of whoever changes the canary's row in the source.

import type { Finding } from '../core/finding.ts'

export interface Canary {
  /** Whether it may be written; changes nothing. */
  check(): Promise<Finding>
  /** Changes the row, and makes it and its table where they are not there. Throws MYSQL_DENIED where it may not. */
  sing(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}
