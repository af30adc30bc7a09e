// The desk that takes orders for repairs, for a command: it needs the log, and the source to know its name.

import { GapBook } from '../pipeline/gap-book.ts'
import { GapDesk } from '../pipeline/gap-desk.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import type { RunDesk } from '../pipeline/run-desk.ts'
import type { Call } from './command.ts'
import { openDesk } from './open-desk.ts'
import { Sources } from './sources.ts'
import type { System } from './system.ts'

export interface OpenGapDesk extends AsyncDisposable {
  readonly desk: RunDesk
  readonly gapDesk: GapDesk
  readonly connectors: readonly ReadyConnector[]
}

export async function openGapDesk(system: System, call: Pick<Call, 'env' | 'signal'>): Promise<OpenGapDesk> {
  await using opened = new AsyncDisposableStack()
  const { desk, book: runs, log, records, config, connectors } = opened.use(await openDesk(system, call))
  // Nothing is asked of them, so they need not answer.
  const sources = opened.use(await Sources.open({ system, config, connectors, log, records }))
  const of = { sources: sources.names, connectors: connectors.map(({ connector }) => connector) }
  const gapDesk = new GapDesk({ desk, book: new GapBook({ log, records, runs, ...of, signal: call.signal }) })
  const all = opened.move()
  return { desk, gapDesk, connectors, [Symbol.asyncDispose]: () => all.disposeAsync() }
}
