// The words for runs that are done, where somebody asked to hear of them: those of a while in one message.

import { capital } from '../../core/capital.ts'
import { counted } from '../../core/counted.ts'
import type { Order, Tally } from '../../core/run.ts'
import { setAsideMend, setAsideOf, setAsideWhy } from '../../core/set-aside.ts'
import { spoken } from '../../core/spoken.ts'
import { heldBackNotes } from './held-back.ts'
import type { Fact, Message, Section } from './message.ts'

export interface Success extends Pick<Order, 'id' | 'kind' | 'connector'> {
  readonly rows: number
  readonly tookMs: number
  readonly tally: Tally
}

export interface SuccessTelling {
  /** Where people reach the console, without a slash at the end; null where nobody knows. */
  readonly console: string | null
  readonly heldBack: readonly string[]
}

const SECTIONS_MAX = 20
const OUTCOMES = ['applied', 'stale', 'exists', 'rejected', 'ignored'] as const
const CHANGE = / (?:inserted|updated|unchanged|deleted)$/u

/** Of one run at least. */
export function successMessage(runs: readonly Success[], { console, heldBack }: SuccessTelling): Message {
  const shown = runs.slice(0, SECTIONS_MAX)
  const more = runs.length - shown.length
  return {
    ...{ id: `done.${runs[0]?.id}`, answers: null, tone: 'good', subject: successSubject(runs) },
    lead: runs.length === 1 ? 'A run is done.' : `${counted(runs.length, 'run')} are done.`,
    sections: shown.map((run) => sectionOf(run, console)),
    notes: [
      ...(more > 0 ? [`${counted(more, 'more run')}; the console has all.`] : []),
      ...heldBackNotes(heldBack),
      'MILLRACE_NOTIFY_RUNS says which kinds of runs are told when they are done.',
    ],
  }
}

export function successSubject(runs: readonly Success[]): string {
  const [first] = runs
  const what = first === undefined || runs.length > 1 ? counted(runs.length, 'run') : nameOf(first)
  return `[millrace] Done: ${what}`
}

function nameOf({ kind, connector }: Success): string {
  return `the ${kind} of ${connector}`
}

function sectionOf(run: Success, console: string | null): Section {
  const { id, rows, tookMs, tally } = run
  const outcomes = OUTCOMES.filter((did) => tally[did] > 0).map((did) => `${did} ${number(tally[did])}`)
  const changes = Object.entries(tally.writes).filter(([name]) => CHANGE.test(name))
  const facts: readonly Fact[] = [
    { label: 'Rows', text: [`${number(rows)} read`, ...outcomes].join(', ') },
    ...(changes.length === 0 ? [] : [{ label: 'Changes', text: listed(changes) }]),
    ...setAsideFacts(run),
    { label: 'Took', text: spoken(tookMs / 1000) },
  ]
  return {
    title: `${capital(nameOf(run))} is done`,
    facts,
    command: `millrace runs show ${id}`,
    link: console === null ? null : `${console}/#/runs?id=${id}`,
  }
}

function setAsideFacts({ tally }: Success): readonly Fact[] {
  const rows = setAsideOf(tally.writes)
  if (rows.size === 0) return []
  return [
    { label: 'Set aside', text: setAsideWhy(rows).join('; ') },
    { label: 'To do', text: `${capital(setAsideMend(rows).join('; '))}.` },
  ]
}

function listed(changes: readonly (readonly [string, number])[]): string {
  return changes.map(([name, count]) => `${name} ${number(count)}`).join(', ')
}

function number(count: number): string {
  return count.toLocaleString('en')
}
