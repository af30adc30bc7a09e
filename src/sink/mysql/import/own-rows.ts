// Which rows of a table are the connector's own, as conditions in SQL on a table that is called t.

import { quotedName } from '../../../mysql/sql-name.ts'
import { textLiteral } from '../literal.ts'
import type { Putting } from './putting.ts'

/** Imports brought them, and no other connector's. */
export function ownRows({ shared }: Pick<Putting, 'shared'>): string {
  const own = shared === undefined ? '' : ` AND t.${quotedName(shared.by)} = ${textLiteral(shared.as)}`
  return `t.mr_position IS NOT NULL${own}`
}
