// Looks at what an import has left behind when it is done: whether references lead somewhere, rules of the connector are kept,
// and the tables hold what was counted. What cannot be found out is a result too, so nothing here keeps a run from its end.

import type { TableFlow } from '../core/connector.ts'
import { hasFate, MillraceError } from '../core/errors.ts'
import { type CheckKind, type CheckResult, type Tolerance, toleratedRows } from '../core/integrity.ts'
import type { ImportChecks, RowQuestion } from '../sink/import-checks.ts'
import { importedTables, importParts } from './import-scope.ts'
import { knownChecks } from './known-checks.ts'
import { knownPart } from './known-rows.ts'
import type { ReadyConnector } from './ready-connector.ts'
import type { RunWork } from './run-work.ts'
import { type SampleOptions, sampleRows } from './sample-rows.ts'

export interface InspectOptions extends Omit<SampleOptions, 'checks' | 'ready'> {
  readonly connectors: readonly ReadyConnector[]
  readonly openChecks: (connector: string) => Promise<ImportChecks>
}

interface Asked {
  readonly check: CheckKind
  readonly name: string
  readonly question: RowQuestion
  readonly tolerance: Tolerance | undefined
}

interface Sums {
  readonly rows: number
  readonly made: number
  readonly amiss: readonly number[]
}

interface Looked {
  readonly results: readonly CheckResult[]
  readonly sums: Sums | MillraceError
}

const ROWS_MAX = 20_000
/** Of a table that the run has not changed. */
const NOTHING_NEW: Sums = { rows: 0, made: 0, amiss: [] }

export async function inspectImport(options: InspectOptions, work: RunWork): Promise<readonly CheckResult[]> {
  const { order } = work
  const ready = options.connectors.find(({ connector }) => connector.name === order.connector)
  if (ready === undefined) return []
  const checks = await options.openChecks(order.connector)
  try {
    const results: CheckResult[] = []
    const imported = importedTables(order).filter((table) => table in ready.targets)
    for (const table of imported) {
      const at = { checks, work, table }
      const flow = ready.connector.tables[table]
      const isWhole = isWalkedThrough(ready, work, table)
      const known = isWhole ? null : await knownChecks(work, table, flow)
      const looked = known === null ? await lookAt(at, askedOf(flow)) : { results: known, sums: NOTHING_NEW }
      results.push(...looked.results, ...(await compareCounts(at, looked.sums, isWhole)))
      const sample = await final(() => sampleRows({ ...options, checks, ready }, work, table))
      if (sample !== null)
        results.push(...resultsOf(sample, { check: 'sample', table, name: 'rows as they were read' }))
    }
    return [...results, ...(await lookForOrphans({ ready, checks, work, imported }))]
  } finally {
    await checks.close()
  }
}

interface At {
  readonly checks: ImportChecks
  readonly work: RunWork
  readonly table: string
}

function askedOf(flow: Pick<TableFlow, 'references' | 'rules'> | undefined): readonly Asked[] {
  const references = Object.entries(flow?.references ?? {}).map(([field, { table: parent, missingMax }]): Asked => {
    const question = { is: 'reference', field, parent } as const
    return { check: 'reference', name: `${field} is of ${parent}`, question, tolerance: missingMax }
  })
  const rules = (flow?.rules ?? []).map(({ name, never, breakingMax }): Asked => {
    return { check: 'rule', name, question: { is: 'rule', never }, tolerance: breakingMax }
  })
  return [...references, ...rules]
}

/** Rows of tables that were not imported, whose parents this run has deleted. */
async function lookForOrphans({
  ready,
  checks,
  work,
  imported,
}: Omit<At, 'table'> & { readonly ready: ReadyConnector; readonly imported: readonly string[] }) {
  const { writes } = await work.tally()
  const shrunk = imported.filter((table) => (writes[`${table} deleted`] ?? 0) > 0)
  const results: CheckResult[] = []
  for (const [table, { references = {} }] of Object.entries(ready.connector.tables)) {
    if (imported.includes(table)) continue
    const lost = Object.entries(references).filter(([, { table: parent }]) => shrunk.includes(parent))
    if (lost.length > 0) {
      const asked = askedOf({ references: Object.fromEntries(lost) })
      results.push(...(await lookAt({ checks, work, table }, asked)).results)
    }
  }
  return results
}

/** All at once; where that cannot be, one by one: a rule that the target does not understand is the only one to suffer. */
async function lookAt(at: At, asked: readonly Asked[]): Promise<Looked> {
  const sums = await final(() => sumsOf(at, asked))
  if (!(sums instanceof MillraceError)) {
    const results = asked.flatMap(({ check, name, tolerance }, index) => {
      const found = { expected: 0, found: sums.amiss[index] ?? 0, threshold: toleratedRows(tolerance, sums.rows) }
      return resultsOf(found, { check, table: at.table, name })
    })
    return { results, sums }
  }
  const [only, ...more] = asked
  if (only === undefined) return { results: [], sums }
  if (more.length === 0) {
    const results = resultsOf(sums, { check: only.check, table: at.table, name: only.name })
    return { results, sums: (await lookAt(at, [])).sums }
  }
  const looked: Looked[] = []
  for (const one of asked) looked.push(await lookAt(at, [one]))
  return { results: looked.flatMap(({ results }) => results), sums: looked[0]?.sums ?? sums }
}

/** Rows that this run has made are there, unless it has deleted them again; after a walk through everything, no others. */
async function compareCounts(at: At, sums: Looked['sums'], isWhole: boolean): Promise<readonly CheckResult[]> {
  const { checks, work, table } = at
  const { writes } = await work.tally()
  const of = (change: string) => writes[`${table} ${change}`] ?? 0
  const made =
    sums instanceof MillraceError
      ? sums
      : { expected: of('inserted'), found: sums.made, threshold: Math.min(of('inserted'), of('deleted')) }
  const results = resultsOf(made, { check: 'count', table, name: 'rows that the run made' })
  const isKnown = (await work.book()).tallyOf(work.order.id, knownPart(table)).exists > 0
  if (!isWhole || isKnown || sums instanceof MillraceError) return results
  const met = await final(() => work.retry(() => checks.met({ run: work.order.id, table }, work.signal)))
  const all = met instanceof MillraceError ? met : { expected: met, found: sums.rows, threshold: 0 }
  return [...results, ...resultsOf(all, { check: 'count', table, name: 'rows that the source has' })]
}

function isWalkedThrough({ connector }: ReadyConnector, { order }: RunWork, table: string): boolean {
  const parts = importParts(order).filter((part) => part.table === table)
  return parts.some(({ from }) => ['unseen', 'rebuilt'].includes(connector.tables[table]?.sweep?.(from)?.how ?? ''))
}

async function sumsOf({ checks, work, table }: At, asked: readonly Asked[]): Promise<Sums> {
  const questions = asked.map(({ question }) => question)
  const request = { run: work.order.id, table, questions, rowsMax: ROWS_MAX }
  let sums: Sums = { rows: 0, made: 0, amiss: asked.map(() => 0) }
  for (let after: string | null | undefined; after !== null; ) {
    const from = after ?? null
    const page = await work.retry(() => checks.look({ ...request, after: from }, work.signal))
    const amiss = sums.amiss.map((count, index) => count + (page.amiss[index] ?? 0))
    sums = { rows: sums.rows + page.rows, made: sums.made + page.made, amiss }
    after = page.next
  }
  return sums
}

function resultsOf(
  found: Pick<CheckResult, 'expected' | 'found' | 'threshold'> | MillraceError,
  about: Pick<CheckResult, 'check' | 'table' | 'name'>,
): readonly CheckResult[] {
  if (found instanceof MillraceError)
    return [{ ...about, expected: 0, found: null, threshold: 0, ok: false, why: found.message }]
  const ok = Math.abs((found.found ?? 0) - found.expected) <= found.threshold
  return [{ ...about, ...found, ok, why: null }]
}

/** What another try would not mend is an answer. */
async function final<Value>(work: () => Promise<Value>): Promise<Value | MillraceError> {
  try {
    return await work()
  } catch (error) {
    if (hasFate(error, 'stop')) return error
    throw error
  }
}
