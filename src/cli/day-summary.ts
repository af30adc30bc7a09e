// What there is to say of a day: what processes counted, and what the log says of runs, verifications and incidents.

import type { FlowView } from '../control/flow-view.ts'
import { addFigures, NO_FIGURES } from '../core/figures.ts'
import type { Incident } from '../core/incident.ts'
import { addTallies, NO_TALLY } from '../core/run.ts'
import { setAsideOf } from '../core/set-aside.ts'
import type { ConnectorDay, ImportedDay, Summary } from '../observe/notify/summary.ts'
import type { NoticeBook } from '../pipeline/notice-book.ts'
import { isOver, type Run, type RunBook, stateOf } from '../pipeline/run-book.ts'
import { IMPORTS } from './flow-place.ts'

export interface DaySummaryOptions extends Pick<Summary, 'id' | 'fromMs' | 'toMs' | 'zone'> {
  readonly book: Pick<NoticeBook, 'all'>
  readonly runs: Pick<RunBook, 'all' | 'verified'>
  readonly view: Pick<FlowView, 'flows' | 'open_conflicts'>
}

export function daySummary({ book, runs, view, ...period }: DaySummaryOptions): Summary {
  const { fromMs, toMs } = period
  const counted = book.all('figures').filter(({ dayMs }) => dayMs < toMs)
  const ended = runs.all().filter((run) => isOver(run) && isWithin(run.progress?.endedAtMs ?? null, period))
  return {
    ...period,
    figures: counted.reduce((all, { figures }) => addFigures(all, figures), NO_FIGURES),
    processes: new Set(counted.map(({ process }) => process)).size,
    connectors: view.flows.map((flow) => connectorDay(flow, { runs, ended })),
    openConflicts: view.open_conflicts,
    runs: byKind(ended),
    incidents: incidentsOf(book.all('incident'), { fromMs, toMs }),
  }
}

interface Period {
  readonly fromMs: number
  readonly toMs: number
}

interface Known {
  readonly runs: DaySummaryOptions['runs']
  readonly ended: readonly Run[]
}

function isWithin(ms: number | null, { fromMs, toMs }: Period): boolean {
  return ms !== null && ms >= fromMs && ms < toMs
}

function connectorDay(flow: FlowView['flows'][number], { runs, ended }: Known): ConnectorDay {
  const name = flow.connector
  const whole = runs.verified(name).find(({ venue }) => venue === null)
  const imports = ended.filter(({ order }) => order.kind === 'import' && order.connector === name)
  return {
    ...{ name, isImport: flow.from === IMPORTS, lagSeconds: flow.lag_seconds },
    ...{ deadLetters: flow.dead_letters, openConflicts: flow.open_conflicts, openGaps: flow.open_gaps },
    verifiedThroughMs: whole?.throughMs ?? null,
    imported: importedBy(imports),
  }
}

function importedBy(imports: readonly Run[]): ImportedDay {
  const { writes, rejected } = imports.reduce((all, { tally }) => addTallies(all, tally), NO_TALLY)
  const names = Object.keys(writes)
  const of = (did: string) => {
    return names.filter((name) => name.endsWith(` ${did}`)).reduce((all, name) => all + (writes[name] ?? 0), 0)
  }
  return {
    ...{ imports: imports.length, rejected, setAside: setAsideOf(writes) },
    ...{ inserted: of('inserted'), updated: of('updated'), unchanged: of('unchanged'), deleted: of('deleted') },
  }
}

function byKind(ended: readonly Run[]): Summary['runs'] {
  const kinds = Map.groupBy(ended, ({ order }) => order.kind)
  return new Map(
    [...kinds].map(([kind, all]) => {
      return [kind, new Map([...Map.groupBy(all, stateOf)].map(([state, { length }]) => [state, length]))]
    }),
  )
}

/** Those that people were told of, and that were there in that time. */
function incidentsOf(all: readonly Incident[], { fromMs, toMs }: Period): readonly Incident[] {
  const within = all.filter(({ openedAtMs, clearSinceMs, toldAtMs }) => {
    return toldAtMs !== null && openedAtMs < toMs && (clearSinceMs === null || clearSinceMs >= fromMs)
  })
  return within.toSorted((one, other) => one.openedAtMs - other.openedAtMs)
}
