// Brings rows from outside into the log, as a backfill does those of a table: page by page, each with how far it brings the
// run. What becomes of them is the deliveries' affair.

import { z } from 'zod'
import { MillraceError } from '../core/errors.ts'
import { type CheckResult, integrityKey } from '../core/integrity.ts'
import { NO_TALLY, type Order } from '../core/run.ts'
import { setAsideWrite } from '../core/set-aside.ts'
import type { Sweep } from '../core/sweep.ts'
import { RUNS } from '../core/topic.ts'
import type { EventCodec, RecordCodec } from '../log/codec.ts'
import type { ImportSweep } from '../sink/import-sweep.ts'
import type { ImportAsked, ImportSource } from '../source/import-source.ts'
import { backfill } from './backfill.ts'
import { concludeImport, type ImportRecordOptions, recordImport } from './import-record.ts'
import { importedTables, importParts } from './import-scope.ts'
import { type ImportWalk, importWalks } from './import-walks.ts'
import { type InspectOptions, inspectImport } from './inspect-import.ts'
import { knownRows, passBy } from './known-rows.ts'
import type { Imported, Observer } from './observer.ts'
import { PageMarks } from './page-marks.ts'
import { readPlace } from './read-place.ts'
import type { ReadyConnector } from './ready-connector.ts'
import type { RunBook } from './run-book.ts'
import type { RunKindWork, RunWork } from './run-work.ts'
import { type SourceSample, sampleSource } from './sample-source.ts'
import { settleRun } from './settle-run.ts'
import { sweepPart } from './sweep-part.ts'
import { tallyRecord } from './tally-record.ts'
import { workWithin } from './work-within.ts'

export interface ImportPlace {
  readonly connectors: readonly ReadyConnector[]
  readonly open: (asked: ImportAsked) => Promise<ImportSource>
}

export interface ImportOptions extends ImportPlace, ImportRecordOptions, InspectOptions {
  readonly observer: Pick<Observer, 'checked' | 'imported'>
  readonly codec: EventCodec
  readonly records: RecordCodec
  readonly openSweep: (connector: string) => Promise<ImportSweep>
}

interface Opened extends ImportWalk {
  readonly source: ImportSource
  /** Of each part. */
  readonly sweeps: readonly (Sweep | null)[]
}

const SET_ASIDE_PART = 'set aside'
const TELL_EVERY_MS = 5_000
/** Rows behind so many of a part's pages are asked for again. */
const MARKS_MAX = 8
/** No live changes wait behind rows from outside; and few at once are gone before the young generation is collected. */
const PAGES = { rowsMost: 1_000, aheadMin: 4_000 } as const

/**
 * Which part is being read, with those of the same walk, where the reading stands, how many of their tables were swept once all
 * of their rows have arrived, and of the parts so far their digests and what samples came to.
 */
const Sample = z.object({ table: z.string(), expected: z.number(), found: z.number(), threshold: z.number() })
const Place = z.object({
  part: z.number(),
  within: z.string().nullable(),
  swept: z.number().nullable().default(null),
  digests: z.array(z.string().nullable()),
  samples: z.array(Sample).default([]),
})
type Place = z.infer<typeof Place>
const BEGINNING: Place = { part: 0, within: null, swept: null, digests: [], samples: [] }

export function importKind(options: ImportOptions): RunKindWork {
  return {
    carryOut: (work) => carryOut(options, work),
    conclude: async (work, state, fault) => {
      if (state === 'failed') await settleRun(work, options.clock)
      const integrity = state === 'done' ? await checked(options, work) : null
      const imported = await concludeImport(options, work, { state, fault, integrity })
      await noteSetAside(options, work, imported)
      options.observer.imported(imported)
      // One that failed may go on, and then what it has met so far is not gone.
      if (state !== 'failed') await forgetSeen(options, work.order)
    },
  }
}

/** Why rows did not arrive, for all who read of the run; the rejected are counted already, by whoever delivered them. */
async function noteSetAside({ records }: ImportOptions, work: RunWork, { setAside }: Imported): Promise<void> {
  const writes = Object.fromEntries([...setAside].map(([category, count]) => [setAsideWrite(category), count]))
  const tally = { ...NO_TALLY, run: work.order.id, part: SET_ASIDE_PART, writes }
  if (setAside.size > 0) await work.note(async () => [await tallyRecord(records, tally)])
}

/** Once: which rows it has met is forgotten behind it. */
async function checked(options: ImportOptions, work: RunWork): Promise<readonly CheckResult[]> {
  const { order } = work
  const known = (await work.book()).get(order.id)?.integrity ?? null
  if (known !== null) return known
  const { samples } = work.progress.bookmark === null ? BEGINNING : readPlace(Place, work.progress.bookmark, 'import')
  const asked = samples.map(({ table, ...sample }): CheckResult => {
    const ok = sample.expected - sample.found <= sample.threshold
    return { check: 'sample', table, name: 'rows as their source has them', ...sample, ok, why: null }
  })
  const checks = [...(await inspectImport(options, work)), ...asked]
  const value = await options.records.pack('integrity', { run: order.id, checks })
  await work.note(async () => [{ topic: RUNS, key: Buffer.from(integrityKey(order.id)), value }])
  options.observer.checked({ connector: order.connector, run: order.id, checks })
  return checks
}

/** Which rows it has met is of no use any more. */
async function forgetSeen({ openSweep }: ImportOptions, { connector, id }: Order): Promise<void> {
  const sweeping = await openSweep(connector)
  try {
    await sweeping.forget(id)
  } finally {
    await sweeping.close()
  }
}

async function carryOut(options: ImportOptions, work: RunWork): Promise<void> {
  const { order, progress, signal } = work
  const walks = await openImports(options, order, reachedOf(await work.book(), order))
  await work.retry(() => recordImport(options, work, { state: 'running' }))
  let at: Place = progress.bookmark === null ? BEGINNING : readPlace(Place, progress.bookmark, 'import')
  const telling = tellingOf(options, work)
  const within = workWithin(telling, () => JSON.stringify(at))
  for (const walk of walks) {
    const { first, parts, source, sweeps } = walk
    if (first + parts.length <= at.part) continue
    const isKnown = at.digests.length > at.part
    const digest = isKnown ? null : await work.retry(() => source.digest(signal))
    if (!isKnown) at = { ...at, digests: [...at.digests, ...parts.map(() => digest)] }
    const marks = at.swept === null ? await bring({ ...options, ...walk }, telling, at) : null
    for (const [index, { table }] of parts.entries()) {
      if (signal.aborted) return
      if (index < (at.swept ?? 0)) continue
      at = { ...at, swept: index + 1 }
      await swept(options, { table, sweep: sweeps[index] ?? null }, within)
    }
    at = { ...at, part: first + parts.length, within: null, swept: null }
    const samples = marks === null || signal.aborted ? [] : await sampled({ ...options, ...walk }, work, marks)
    if (signal.aborted) return
    if (samples.length === 0) continue
    // Last: what was found of a part whose end is not on record is found again.
    at = { ...at, samples: [...at.samples, ...samples] }
    await within.step({ bookmark: 'sampled', rows: work.progress.rows, rowsPerSecond: 0 }, async () => [])
  }
}

async function sampled(
  options: ImportOptions & Opened,
  work: RunWork,
  marks: PageMarks,
): Promise<readonly SourceSample[]> {
  const ready = options.connectors.find(({ connector }) => connector.name === work.order.connector)
  if (ready === undefined) return []
  return sampleSource({ ...options, ready, marks: marks.all }, work)
}

async function swept(
  options: ImportOptions,
  { table, sweep }: { readonly table: string; readonly sweep: Sweep | null },
  work: RunWork,
): Promise<void> {
  if (sweep === null) return
  // A row that was set aside may be one that is held, under a name that nobody could read.
  const spares = sweep.how !== 'outdated' && (await work.tally()).rejected > 0
  if (spares && sweep.how === 'unseen') return
  const { records, openSweep } = options
  const sweeping = await openSweep(work.order.connector)
  try {
    await sweepPart({ records, sweeping, table, sweep, spares }, work)
  } finally {
    await sweeping.close()
  }
}

/** One walk. It ends when its rows have arrived: those of the next one may refer to them. Null where nothing had to be read. */
async function bring(options: ImportOptions & Opened, work: RunWork, at: Place): Promise<PageMarks | null> {
  const { parts, source, codec, clock, records } = options
  const [{ table }] = parts
  const { order, progress } = work
  const marks = new PageMarks(MARKS_MAX)
  if (at.within !== null) marks.note(at.within)
  const within = workWithin(work, (bookmark) => JSON.stringify({ ...at, within: bookmark }))
  const known =
    at.within === null
      ? knownRows(await work.book(), order, { part: at.part, digest: at.digests[at.part] ?? null })
      : null
  if (known !== null) {
    const passed = workWithin(work, () => JSON.stringify({ ...at, swept: 0 }))
    await passBy(records, passed, { table, rows: known })
    return null
  }
  const scope = JSON.stringify([{ table, from: null, to: null, filters: [] }])
  const ofPart = { order: { ...order, scope }, progress: { ...progress, bookmark: at.within } }
  const step: RunWork['step'] = async (taken, made) => {
    await within.step(taken, made)
    marks.note(taken.bookmark)
  }
  await backfill({ source, codec, clock, ...PAGES }, { ...within, ...ofPart, step })
  return marks
}

/** When the last import of each table that was done was ordered. */
function reachedOf(book: RunBook, { connector }: Order): ReadonlyMap<string, number> {
  const reached = new Map<string, number>()
  for (const { order, progress } of book.all()) {
    if (order.kind !== 'import' || order.connector !== connector || progress?.state !== 'done') continue
    for (const table of importedTables(order)) {
      reached.set(table, Math.max(reached.get(table) ?? 0, order.orderedAtMs))
    }
  }
  return reached
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
  return Object.assign(
    workWithin(work, (bookmark) => bookmark),
    { step },
  )
}

/** One for each walk; throws what is wrong with the request, before anything is read of the rows. */
export async function openImports(
  { connectors, open }: ImportPlace,
  { connector: name, scope, orderedAtMs }: Pick<Order, 'connector' | 'scope' | 'orderedAtMs'>,
  reachedMs: ReadonlyMap<string, number> = new Map(),
): Promise<readonly Opened[]> {
  const found = connectors.find(({ connector }) => connector.name === name)
  const opened: Opened[] = []
  const checked = new Set<string>()
  for (const walk of importWalks(found?.connector ?? { tables: {} }, importParts({ scope }))) {
    const [{ table, from }, ...besides] = walk.parts
    const unknown = walk.parts.find((part) => found?.connector.tables[part.table]?.imported === undefined)
    const imported = found?.connector.tables[table]?.imported
    if (unknown !== undefined || imported === undefined)
      throw new MillraceError('SCOPE_INVALID', `this process does not import into ${unknown?.table ?? table}`)
    const source = await open({
      ...{ from, connector: name, table, imported, besides: besides.map((part) => part.table) },
      ...{ settings: found?.settings ?? {}, reachedMs, orderedAtMs },
    })
    // Walks through one source are asked once whether they may be read.
    if (!checked.has(JSON.stringify(from))) await source.check()
    checked.add(JSON.stringify(from))
    const sweeps = walk.parts.map((part) => found?.connector.tables[part.table]?.sweep?.(part.from) ?? null)
    opened.push({ ...walk, source, sweeps })
  }
  return opened
}
