// A run that another process has to carry out.

import { MillraceError } from '../core/errors.ts'

export function notHere(connector: string): MillraceError {
  return new MillraceError('SCOPE_INVALID', `this process does not deliver for ${connector}`)
}
