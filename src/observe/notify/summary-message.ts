// The words for a daily summary: what was amiss first, then what each connector moved and how it stands.

import { counted } from '../../core/counted.ts'
import { type Incident, isPresent } from '../../core/incident.ts'
import { quantile } from '../../core/quantile.ts'
import { spoken } from '../../core/spoken.ts'
import { headline } from './headline.ts'
import { heldBackNotes } from './held-back.ts'
import type { Fact, Message, Section } from './message.ts'
import type { ConnectorDay, ImportedDay, Summary } from './summary.ts'

export interface SummaryTelling {
  /** Where people reach the console, without a slash at the end; null where nobody knows. */
  readonly console: string | null
  readonly heldBack: readonly string[]
}

const CONNECTORS_MAX = 20
const INCIDENTS_MAX = 20
const OUTCOMES = ['applied', 'stale', 'exists', 'rejected'] as const
const CHANGES = ['inserted', 'updated', 'unchanged', 'deleted'] as const

export function summaryMessage(summary: Summary, { console, heldBack }: SummaryTelling): Message {
  const { id, connectors, incidents } = summary
  const isWell = incidents.length === 0 && waitingOf(summary).length === 0
  const shown = connectors.slice(0, CONNECTORS_MAX)
  const more = connectors.length - shown.length
  const link = console === null ? null : `${console}/#/flow`
  return {
    ...{ id, answers: null, tone: isWell ? 'good' : 'plain', subject: summarySubject(summary), lead: leadOf(summary) },
    sections: [
      ...(incidents.length === 0 ? [] : [incidentsSection(summary)]),
      ...shown.map((one) => connectorSection(one, summary)),
      { title: 'Sources', facts: sourceFacts(summary), command: null, link: null },
      { title: 'Runs that ended', facts: runFacts(summary), command: null, link },
    ],
    notes: [
      ...(more > 0 ? [`${counted(more, 'more connector')}; the console has all.`] : []),
      ...heldBackNotes(heldBack),
      `Changes, outcomes, lag, retries and throttled requests: as ${processes(summary.processes)} counted them, added up; one that was killed lacks its last minute. All else is what the log says, for all.`,
    ],
  }
}

export function summarySubject({ toMs, zone, incidents, ...rest }: Summary): string {
  const day = new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', day: 'numeric', month: 'short' })
  const amiss = [
    ...(incidents.length === 0 ? [] : [counted(incidents.length, 'incident')]),
    ...waitingOf(rest).map((one) => `${one} open`),
  ]
  return `[millrace] Daily summary, ${day.format(toMs)}: ${amiss.length === 0 ? 'all well' : amiss.join(', ')}`
}

function leadOf({ fromMs, toMs, zone, figures, connectors }: Summary): string {
  const records = connectors.reduce((sum, { name }) => sum + (figures.connectors[name]?.records ?? 0), 0)
  return `${counted(records, 'change')} delivered from ${timeIn(zone, fromMs)} to ${timeIn(zone, toMs)} (${zone}).`
}

function waitingOf({ connectors, openConflicts }: Pick<Summary, 'connectors' | 'openConflicts'>): readonly string[] {
  const sum = (count: (one: ConnectorDay) => number) => connectors.reduce((all, one) => all + count(one), 0)
  const waiting = [
    [sum(({ deadLetters }) => deadLetters), 'dead letter'],
    [openConflicts, 'conflict'],
    [sum(({ openGaps }) => openGaps), 'gap'],
  ] as const
  return waiting.flatMap(([count, thing]) => (count === 0 ? [] : [counted(count, thing)]))
}

function incidentsSection({ incidents, zone, toMs }: Summary): Section {
  const shown = incidents.slice(0, INCIDENTS_MAX)
  const more = incidents.length - shown.length
  const facts = shown.map((one) => ({ label: timeIn(zone, one.openedAtMs), text: incidentText(one, toMs) }))
  const rest = more > 0 ? [{ label: 'And', text: counted(more, 'more incident') }] : []
  return { title: 'Incidents', facts: [...facts, ...rest], command: null, link: null }
}

function incidentText(incident: Incident, toMs: number): string {
  const { suffered, clearSinceMs, openedAtMs, returns } = incident
  const present = suffered.filter(isPresent)
  const what = headline(incident, present.length === 0 ? suffered : present)
  const again = returns === 0 ? '' : `, came back ${counted(returns, 'time')}`
  if (clearSinceMs === null) return `${what}: open for ${spoken((toMs - openedAtMs) / 1000)}${again}`
  return `${what}: over after ${spoken((clearSinceMs - openedAtMs) / 1000)}${again}`
}

function connectorSection(day: ConnectorDay, summary: Summary): Section {
  const facts = [
    ...flowFacts(day, summary),
    ...(day.isImport ? [importFact(day.imported)] : [verifiedFact(day, summary)]),
    { label: 'Waiting', text: waitingOf({ ...day, connectors: [day] }).join(', ') || 'nothing' },
  ]
  return { title: day.name, facts, command: null, link: null }
}

function flowFacts({ name, lagSeconds }: ConnectorDay, { figures, fromMs, toMs }: Summary): readonly Fact[] {
  const counts = figures.connectors[name] ?? {}
  const { records = 0, retries = 0, throttles = 0 } = counts
  const { records: most = 0, lag = 0 } = figures.peaks[name] ?? {}
  const mean = records / Math.max(1, (toMs - fromMs) / 1000)
  const now = lagSeconds === null ? '' : `, ${spoken(lagSeconds)} now`
  const outcomes = OUTCOMES.map((did) => `${did} ${number(counts[did] ?? 0)}`)
  return [
    { label: 'Delivered', text: `${counted(records, 'change')}: ${rate(mean)} on average, ${rate(most)} at the most` },
    { label: 'Writes', text: outcomes.join(', ') },
    ...latencyFact(figures.latency[name] ?? {}),
    { label: 'Lag', text: `${spoken(lag)} at the most${now}` },
    { label: 'Hindered', text: `${retriesText(retries)}, ${counted(throttles, 'throttled request')}` },
  ]
}

function latencyFact(buckets: Readonly<Record<string, number>>): readonly Fact[] {
  const counts = Object.entries(buckets).map(([upTo, count]) => {
    return [upTo === '+Inf' ? Number.POSITIVE_INFINITY : Number(upTo), count] as const
  })
  const sorted = counts.toSorted(([one], [other]) => one - other)
  const [p50, p99] = [quantile(sorted, 0.5), quantile(sorted, 0.99)]
  if (p50 === null || p99 === null) return []
  return [{ label: 'Latency', text: `p50 ${short(p50)}, p99 ${short(p99)}, from the source's commit to the write` }]
}

function importFact(day: ImportedDay): Fact {
  const { imports, rejected, setAside } = day
  if (imports === 0) return { label: 'Imported', text: 'no import ended' }
  const changes = CHANGES.map((did) => `${did} ${number(day[did])}`)
  const categories = [...setAside].map(([category, count]) => `${category} ${number(count)}`)
  const why = categories.length === 0 ? '' : ` (${categories.join(', ')})`
  const errors = `${counted(rejected, 'row')} not taken${why}`
  return { label: 'Imported', text: `by ${counted(imports, 'import')}: ${changes.join(', ')}; ${errors}` }
}

function verifiedFact({ verifiedThroughMs }: ConnectorDay, { zone }: Summary): Fact {
  const through = verifiedThroughMs === null ? 'never as a whole' : `through ${timeIn(zone, verifiedThroughMs)}`
  return { label: 'Verified', text: through }
}

function sourceFacts({ figures }: Summary): readonly Fact[] {
  const facts = Object.entries(figures.sources).map(([label, { rows = 0, retries = 0 }]) => {
    return { label, text: `${counted(rows, 'row')} captured, ${retriesText(retries)}` }
  })
  return facts.length === 0 ? [{ label: 'Captured', text: 'nobody counted' }] : facts
}

function runFacts({ runs }: Summary): readonly Fact[] {
  if (runs.size === 0) return [{ label: 'Runs', text: 'none' }]
  return [...runs].map(([label, states]) => {
    return { label, text: [...states].map(([state, count]) => `${number(count)} ${state}`).join(', ') }
  })
}

function processes(count: number): string {
  return `${number(count)} ${count === 1 ? 'process' : 'processes'}`
}

function retriesText(count: number): string {
  return `${number(count)} ${count === 1 ? 'retry' : 'retries'}`
}

function rate(perSecond: number): string {
  const text = perSecond >= 10 || perSecond === 0 ? number(Math.round(perSecond)) : perSecond.toPrecision(2)
  return `${text} a second`
}

function short(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`
}

function number(count: number): string {
  return count.toLocaleString('en')
}

function timeIn(timeZone: string, ms: number): string {
  return new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  }).format(ms)
}
