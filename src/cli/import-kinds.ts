// What imports and their rollbacks do in this process, with the connectors that it delivers for.

import type { Config } from '../config.ts'
import type { RunKind } from '../core/run.ts'
import type { EventCodec } from '../log/codec.ts'
import type { Clock } from '../pipeline/clock.ts'
import { DeadLetters } from '../pipeline/dead-letters.ts'
import { importKind } from '../pipeline/import.ts'
import { rollbackKind } from '../pipeline/rollback.ts'
import type { RunKindWork } from '../pipeline/run-work.ts'
import { notHere } from './not-here.ts'
import type { Resources } from './resources.ts'

export interface ImportKindsOptions {
  readonly config: Config
  readonly resources: Resources
  readonly clock: Clock
}

type ImportKinds = Readonly<Record<Extract<RunKind, 'import' | 'rollback'>, RunKindWork>>

export function importKinds({ config, resources, clock }: ImportKindsOptions, codec: EventCodec): ImportKinds {
  const { log, codecs, sinks, openImport, openUndo, openSweep, ledger } = resources
  const { records } = codecs
  if (ledger === null) {
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
  const undoOf = async (name: string) => openUndo(targetsOf(name))
  const sweepOf = async (name: string) => openSweep(targetsOf(name))
  return {
    import: importKind({ open: openImport, openSweep: sweepOf, connectors, ledger, letters, codec, records, clock }),
    rollback: rollbackKind({ openUndo: undoOf, ledger, records, clock }),
  }
}
