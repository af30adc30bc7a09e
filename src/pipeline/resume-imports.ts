// Imports that failed or wait are to go on: those that no newer one for the same has made needless.

import { MillraceError } from '../core/errors.ts'
import { takenBackBy } from './rollback.ts'
import { type Run, stateOf } from './run-book.ts'
import type { RunDesk } from './run-desk.ts'

/** What has failed so often is for a person. */
const ATTEMPTS_MAX = 5

/** The runs that go on now. */
export async function resumeImports(desk: RunDesk, by: string): Promise<readonly Run[]> {
  const all = await desk.list()
  const imports = all.filter(({ order }) => order.kind === 'import' && takenBackBy(all, order.id) === null)
  const resumed: Run[] = []
  for (const run of imports.filter((one) => isDue(one, imports))) {
    try {
      resumed.push(await desk.amend(run.order.id, { by, wanted: 'running' }))
    } catch (error) {
      // Somebody else was faster, or has cancelled it.
      if (!(error instanceof MillraceError) || error.code !== 'RUN_OVER') throw error
    }
  }
  return resumed
}

function isDue(run: Run, all: readonly Run[]): boolean {
  const state = stateOf(run)
  if (state === 'paused') return true
  if (state !== 'failed' || run.order.attempt >= ATTEMPTS_MAX) return false
  const { connector, scope, orderedAtMs } = run.order
  return !all.some(
    ({ order }) => order.connector === connector && order.scope === scope && order.orderedAtMs > orderedAtMs,
  )
}
