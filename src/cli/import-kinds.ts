// What imports and their rollbacks do in this process, with the connectors that it delivers for.

import type { Config } from '../config.ts'
import type { RunKind } from '../core/run.ts'
import type { EventCodec } from '../log/codec.ts'
import { audited } from '../pipeline/audited.ts'
import type { Clock } from '../pipeline/clock.ts'
import { DeadLetters } from '../pipeline/dead-letters.ts'
import { importKind } from '../pipeline/import.ts'
import type { Observer } from '../pipeline/observer.ts'
import { rollbackKind } from '../pipeline/rollback.ts'
import type { RunKindWork } from '../pipeline/run-work.ts'
import { notHere } from './not-here.ts'
import type { Resources } from './resources.ts'

export interface ImportKindsOptions {
  readonly config: Config
  readonly resources: Resources
  readonly clock: Clock
  readonly observer: Pick<Observer, 'checked' | 'imported'>
}

type ImportKinds = Readonly<Record<Extract<RunKind, 'import' | 'rollback'>, RunKindWork>>

export function importKinds(
  { config, resources, clock, observer }: ImportKindsOptions,
  codec: EventCodec,
): ImportKinds {
  const { log, codecs, sinks, imports } = resources
  const { records } = codecs
  const { ledger, trail } = imports
  if (ledger === null || trail === null) {
    const none: RunKindWork = { carryOut: ({ order }) => Promise.reject(notHere(order.connector)) }
    return { import: none, rollback: none }
  }
  const connectors = [...sinks.keys()]
  const by = { log, ...codecs, database: config.database, connectors: connectors.map(({ connector }) => connector) }
  const letters = (signal: AbortSignal) => new DeadLetters({ ...by, clock, signal })
  const targetsOf = (name: string) => {
    const ready = connectors.find(({ connector }) => connector.name === name)
    if (ready === undefined) throw notHere(name)
    return ready.targets
  }
  const undoOf = async (name: string) => imports.openUndo(targetsOf(name))
  const checksOf = async (name: string) => imports.openChecks(targetsOf(name))
  const sweepOf = async (name: string) => imports.openSweep(targetsOf(name))
  const imported = importKind({
    ...{ open: imports.openSource, openSweep: sweepOf, openChecks: checksOf, connectors, ledger, letters, observer },
    ...{ log, openCodec: codecs.openCodec, codec, records, clock },
  })
  const rolledBack = rollbackKind({ openUndo: undoOf, ledger, records, clock })
  return { import: audited(imported, { trail, clock }), rollback: audited(rolledBack, { trail, clock }) }
}
