// What an error of DynamoDB means to a source: which are worth another try, and which need a person.

import { MillraceError } from '../../core/errors.ts'
import { troubleOf } from '../../dynamodb/trouble.ts'

export function isThrottled(error: unknown): boolean {
  return troubleOf(error) === 'throttled'
}

export function isNamed(error: unknown, name: string): boolean {
  return nameOf(error) === name
}

/** Of a failed request: everything but a refusal may be over in a moment. */
export function faultOf(cause: unknown): Error {
  if (cause instanceof MillraceError) return cause
  const said = `${nameOf(cause)}: ${cause instanceof Error ? cause.message : String(cause)}`
  if (troubleOf(cause) === 'denied')
    return new MillraceError('DYNAMODB_DENIED', `DynamoDB refuses these credentials: ${said}`, { cause })
  if (isNamed(cause, 'ValidationException')) return new Error(said, { cause })
  return new MillraceError('DYNAMODB_UNAVAILABLE', `DynamoDB does not answer: ${said}`, { cause })
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}
