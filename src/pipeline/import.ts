// Brings rows from outside into the log, as a backfill does those of a table: page by page, each with how far it brings the
// run. What becomes of them is the deliveries' affair.

import { MillraceError } from '../core/errors.ts'
import type { Imported } from '../core/imported.ts'
import type { Order } from '../core/run.ts'
import type { EventCodec } from '../log/codec.ts'
import type { ImportAsked, ImportSource } from '../source/import-source.ts'
import { backfill } from './backfill.ts'
import { concludeImport, type ImportRecordOptions, recordImport } from './import-record.ts'
import { importScope } from './import-scope.ts'
import type { ReadyConnector } from './ready-connector.ts'
import type { RunKindWork, RunWork } from './run-work.ts'
import { workWithin } from './work-within.ts'

export interface ImportPlace {
  readonly connectors: readonly ReadyConnector[]
  readonly open: (asked: ImportAsked) => Promise<ImportSource>
}

export interface ImportOptions extends ImportPlace, ImportRecordOptions {
  readonly codec: EventCodec
}

const TELL_EVERY_MS = 5_000

export function importKind(options: ImportOptions): RunKindWork {
  return {
    carryOut: (work) => carryOut(options, work),
    conclude: (work, state, fault) => concludeImport(options, work, { state, fault }),
  }
}

async function carryOut(options: ImportOptions, work: RunWork): Promise<void> {
  const { codec, clock } = options
  const { order } = work
  const source = await openImport(options, order)
  await work.retry(() => recordImport(options, work, { state: 'running' }))
  let toldMs = clock.nowMs()
  const copying = workWithin(work, (bookmark) => bookmark)
  const step: RunWork['step'] = async (...given) => {
    await copying.step(...given)
    if (clock.nowMs() - toldMs < TELL_EVERY_MS) return
    toldMs = clock.nowMs()
    await work.retry(() => recordImport(options, work, { state: 'running' }))
  }
  const scope = JSON.stringify([{ table: importScope(order).table, from: null, to: null, filters: [] }])
  await backfill({ source, codec, clock }, { ...copying, step, order: { ...order, scope } })
}

/** Throws what is wrong with the request, before anything is read of the rows. */
export async function openImport(
  { connectors, open }: ImportPlace,
  { connector: name, scope, orderedAtMs }: Pick<Order, 'connector' | 'scope' | 'orderedAtMs'>,
): Promise<ImportSource> {
  const { table, from } = importScope({ scope })
  const found = connectors.find(({ connector }) => connector.name === name)
  const imported: Imported | undefined = found?.connector.tables[table]?.imported
  if (imported === undefined) throw new MillraceError('SCOPE_INVALID', `this process does not import into ${table}`)
  const source = await open({ from, imported, orderedAtMs })
  await source.check()
  return source
}
