// Something in the binary log that cannot be captured, and the statement that keeps it from happening again.

import { MillraceError } from '../../core/errors.ts'

export function unreadable(what: string, how: string, cause?: unknown): MillraceError {
  const hint = `${how}; \`millrace start --skip-gap\` then gives up what the log holds until now, and captures on.`
  return new MillraceError('BINLOG_UNREADABLE', what, { hint, cause })
}
