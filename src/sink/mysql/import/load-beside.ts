// Rows as a table that is rebuilt will have them: as they stand there already, else as they are in the one in use.

import type { RowKey } from '../row-key.ts'
import { loadStanding } from './load-standing.ts'
import type { Putting } from './putting.ts'
import type { StandingRow } from './standing-row.ts'

export interface BesideRows {
  /** By the text of their keys. */
  readonly rows: ReadonlyMap<string, StandingRow>
  /** Those that stand only in the table in use: they have to be brought over, changed or not. */
  readonly toBring: ReadonlySet<StandingRow>
}

export async function loadBeside(by: Putting, beside: Putting, keys: readonly RowKey[]): Promise<BesideRows> {
  const rows = new Map(await loadStanding(beside, keys, null))
  const absent = keys.filter(({ text }) => rows.get(text)?.found === null)
  const inUse = await loadStanding(by, absent, null)
  for (const [text, row] of inUse) rows.set(text, row)
  return { rows, toBring: new Set([...inUse.values()].filter(({ found }) => found !== null)) }
}
