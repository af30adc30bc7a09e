// What SQLite's result codes mean for the log: which are waited out, and which become which named error.

import { MillraceError } from '../../core/errors.ts'

const BUSY = 5
const READ_ONLY = 8
const IO_ERROR = 10
const CORRUPT = 11
const FULL = 13
const CANNOT_OPEN = 14
const NOT_A_DATABASE = 26

export function isBusy(error: unknown): boolean {
  return codeOf(error) === BUSY
}

/** The named error for what SQLite threw; what is not SQLite's passes unchanged. */
export function sqliteFault(error: unknown, path: string): unknown {
  const code = codeOf(error)
  const reason = error instanceof Error ? error.message : String(error)
  switch (code) {
    case null:
      return error
    case BUSY:
      return new MillraceError('LOG_BUSY', `${path} stayed locked`, { cause: error })
    case FULL:
    case IO_ERROR:
      return new MillraceError('LOG_FULL', `${path} could not be written: ${reason}`, { cause: error })
    case CORRUPT:
    case NOT_A_DATABASE:
      return new MillraceError('LOG_FILE_UNUSABLE', `${path} is damaged or no log of millrace: ${reason}`, {
        cause: error,
      })
    case READ_ONLY:
    case CANNOT_OPEN:
      return new MillraceError('LOG_FILE_UNUSABLE', `${path} cannot be opened for writing: ${reason}`, {
        hint: 'Create its directory, let this user write there, or name another file in MILLRACE_LOG.',
        cause: error,
      })
    default:
      return new MillraceError('INTERNAL', `SQLite refused: ${reason}`, { cause: error })
  }
}

/** SQLite's primary result code; null for any other error. */
function codeOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null
  return error.errcode & 0xff
}
