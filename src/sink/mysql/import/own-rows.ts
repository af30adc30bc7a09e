// Which rows of a table are the connector's own, as conditions in SQL on a table that is called t.

import type { TargetTable } from '../../../core/connector.ts'
import { quotedName } from '../../../mysql/sql-name.ts'
import { textLiteral } from '../literal.ts'

/** Imports brought them, and no other connector's. */
export function ownRows({ shared }: TargetTable): string {
  const own = shared === undefined ? '' : ` AND t.${quotedName(shared.by)} = ${textLiteral(shared.as)}`
  return `t.mr_position IS NOT NULL${own}`
}
