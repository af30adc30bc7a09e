// Brings rows from outside into the log, as a backfill does those of a table: page by page, each with how far it brings the
// run. What becomes of them is the deliveries' affair.

import { z } from 'zod'
import { MillraceError } from '../core/errors.ts'
import type { Order } from '../core/run.ts'
import type { EventCodec } from '../log/codec.ts'
import type { ImportAsked, ImportSource } from '../source/import-source.ts'
import { backfill } from './backfill.ts'
import { concludeImport, type ImportRecordOptions, recordImport } from './import-record.ts'
import { importParts } from './import-scope.ts'
import { readPlace } from './read-place.ts'
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

/** Which part is being read, and where its own reading stands. */
const Place = z.object({ part: z.number(), within: z.string().nullable() })
type Place = z.infer<typeof Place>
const BEGINNING: Place = { part: 0, within: null }

export function importKind(options: ImportOptions): RunKindWork {
  return {
    carryOut: (work) => carryOut(options, work),
    conclude: (work, state, fault) => concludeImport(options, work, { state, fault }),
  }
}

async function carryOut(options: ImportOptions, work: RunWork): Promise<void> {
  const { codec, clock } = options
  const { order, progress, signal } = work
  const parts = importParts(order)
  const sources = await openImports(options, order)
  await work.retry(() => recordImport(options, work, { state: 'running' }))
  let at: Place = progress.bookmark === null ? BEGINNING : readPlace(Place, progress.bookmark, 'import')
  const telling = tellingOf(options, work)
  for (let part = parts[at.part]; part !== undefined && !signal.aborted; part = parts[at.part]) {
    const { part: number } = at
    const within = workWithin(telling, (bookmark) => JSON.stringify({ part: number, within: bookmark }))
    const scope = JSON.stringify([{ table: part.table, from: null, to: null, filters: [] }])
    const ofPart = { ...order, scope }
    const source = sources[number]
    if (source === undefined) throw new RangeError(`part ${number} of the import is not open`)
    // It ends when its rows have arrived: those of the next one may refer to them.
    await backfill(
      { source, codec, clock },
      { ...within, order: ofPart, progress: { ...work.progress, bookmark: at.within } },
    )
    at = { part: number + 1, within: null }
  }
}

/** The same work, which tells the ledger now and then how far it has come. */
function tellingOf(options: ImportOptions, work: RunWork): RunWork {
  let toldMs = options.clock.nowMs()
  const step: RunWork['step'] = async (...given) => {
    await work.step(...given)
    if (options.clock.nowMs() - toldMs < TELL_EVERY_MS) return
    toldMs = options.clock.nowMs()
    await work.retry(() => recordImport(options, work, { state: 'running' }))
  }
  return { ...workWithin(work, (bookmark) => bookmark), step }
}

/** One for each part; throws what is wrong with the request, before anything is read of the rows. */
export async function openImports(
  { connectors, open }: ImportPlace,
  { connector: name, scope, orderedAtMs }: Pick<Order, 'connector' | 'scope' | 'orderedAtMs'>,
): Promise<readonly ImportSource[]> {
  const found = connectors.find(({ connector }) => connector.name === name)
  const sources: ImportSource[] = []
  for (const { table, from } of importParts({ scope })) {
    const imported = found?.connector.tables[table]?.imported
    if (imported === undefined) throw new MillraceError('SCOPE_INVALID', `this process does not import into ${table}`)
    const source = await open({ from, imported, orderedAtMs })
    await source.check()
    sources.push(source)
  }
  return sources
}
