// How many rows a run will read, as far as the source can tell.

import type { PagedRows, RowScope } from '../source/source.ts'
import type { RunWork } from './run-work.ts'

export async function expectRows(
  source: Pick<PagedRows, 'expect'>,
  scopes: readonly RowScope[],
  work: RunWork,
): Promise<void> {
  const each = await Promise.all(scopes.map((scope) => work.retry(() => source.expect(scope))))
  work.expect(each.reduce((sum, rows) => (sum === null || rows === null ? null : sum + rows), 0))
}
