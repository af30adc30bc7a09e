// The named error that a trouble becomes when nothing here can deal with it.

import { MillraceError } from '../../core/errors.ts'
import type { Trouble } from '../../dynamodb/trouble.ts'

export function named(trouble: Trouble, cause: unknown): Error {
  const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  switch (trouble) {
    case 'denied':
      return new MillraceError('DYNAMODB_DENIED', `DynamoDB refuses these credentials: ${said}`, { cause })
    case 'missing':
      return new MillraceError('SINK_TABLE_MISSING', `a table is missing in DynamoDB: ${said}`, { cause })
    case 'throttled':
    case 'unreachable':
    case 'conflict':
      return new MillraceError('DYNAMODB_UNAVAILABLE', `DynamoDB does not take the writes: ${said}`, { cause })
    default:
      return cause instanceof Error ? cause : new Error(said)
  }
}
