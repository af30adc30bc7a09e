// A name nothing else has: for the tables, topics and readers that a test makes in a shared server.

import { randomBytes } from 'node:crypto'

export function freshName(kind = 't'): string {
  return `${kind}_${randomBytes(5).toString('hex')}`
}
