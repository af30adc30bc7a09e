// Brings rows from outside into the log, as a backfill does those of a table: page by page, each with how far it brings the
// run. What becomes of them is the deliveries' affair.

import { z } from 'zod'
import { MillraceError } from '../core/errors.ts'
import { ImportFrom } from '../core/import-from.ts'
import type { Imported } from '../core/imported.ts'
import type { Order } from '../core/run.ts'
import type { EventCodec } from '../log/codec.ts'
import type { ImportAsked, ImportSource } from '../source/import-source.ts'
import { backfill } from './backfill.ts'
import type { Clock } from './clock.ts'
import type { ReadyConnector } from './ready-connector.ts'
import type { RunKindWork, RunWork } from './run-work.ts'
import { workWithin } from './work-within.ts'

/** What is imported: into which table of the connector, and from where. */
export const ImportScope = z.strictObject({ table: z.string(), from: ImportFrom })
export type ImportScope = z.infer<typeof ImportScope>

export interface ImportPlace {
  readonly connectors: readonly ReadyConnector[]
  readonly open: (asked: ImportAsked) => Promise<ImportSource>
}

export interface ImportOptions extends ImportPlace {
  readonly codec: EventCodec
  readonly clock: Clock
}

export function importKind({ codec, clock, ...place }: ImportOptions): RunKindWork {
  return {
    carryOut: async (work: RunWork) => {
      const { order } = work
      const source = await openImport(place, order)
      const { table } = ImportScope.parse(JSON.parse(order.scope))
      const scope = JSON.stringify([{ table, from: null, to: null, filters: [] }])
      const copying = workWithin(work, (bookmark) => bookmark)
      await backfill({ source, codec, clock }, { ...copying, order: { ...order, scope } })
    },
  }
}

/** Throws what is wrong with the request, before anything is read of the rows. */
export async function openImport(
  { connectors, open }: ImportPlace,
  { connector: name, scope, orderedAtMs }: Pick<Order, 'connector' | 'scope' | 'orderedAtMs'>,
): Promise<ImportSource> {
  const { table, from } = ImportScope.parse(JSON.parse(scope))
  const found = connectors.find(({ connector }) => connector.name === name)
  const imported: Imported | undefined = found?.connector.tables[table]?.imported
  if (imported === undefined) throw new MillraceError('SCOPE_INVALID', `this process does not import into ${table}`)
  const source = await open({ from, imported, orderedAtMs })
  await source.check()
  return source
}
