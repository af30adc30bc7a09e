// A failure to tell something that may be tried again, at a time the other side may have named.

import { type ErrorCode, MillraceError } from '../../core/errors.ts'

export class Delayed extends MillraceError {
  /** Null where it named none. */
  readonly afterMs: number | null

  constructor(code: ErrorCode, message: string, afterMs: number | null) {
    super(code, message)
    this.afterMs = afterMs
  }
}
