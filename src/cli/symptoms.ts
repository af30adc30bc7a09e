// What is amiss, as people are told of it: made of what the console shows, without any of the words that servers said.

import type { ConnectorFlow, FlowView, SourceFlow } from '../control/flow-view.ts'
import { LATE_S } from '../control/troubles.ts'
import { counted } from '../core/counted.ts'
import { ERRORS } from '../core/errors.ts'
import type { RunFault } from '../core/run.ts'
import { type SetAside, setAsideMend, setAsideWhy } from '../core/set-aside.ts'
import { spoken } from '../core/spoken.ts'
import type { Symptom } from '../core/symptom.ts'
import type { Run, RunStanding } from '../pipeline/run-book.ts'
import { againSymptom, type LateSchedule, lateSymptoms, runSymptom } from './run-symptoms.ts'
import { isCode, ofError, symptomOf } from './symptom-of.ts'

/** What stands still says so sooner; who is only slow is left in peace for as long. */
const BEHIND_S = 300
/** Requests of a minute that the target may refuse, and for how long more are nobody's concern: it slows down by itself. */
const THROTTLES_MAX = 60
const THROTTLED_MS = 10 * 60_000

/** Of the parts of this process. */
export function partSymptoms({ sources, flows }: FlowView, { carryingOut, throttles }: Parts): readonly Symptom[] {
  return [
    ...sources.flatMap(sourceSymptoms),
    ...flows.flatMap(({ connector, state, error }) => partSymptom(`delivery of ${connector}`, { state, error })),
    ...partSymptom('carrying out of runs', carryingOut),
    ...[...throttles].flatMap(([connector, count]) => (count > THROTTLES_MAX ? [throttledSymptom(connector)] : [])),
  ]
}

export interface Parts {
  readonly carryingOut: PartStanding
  /** Of the last minute, by connector. */
  readonly throttles: ReadonlyMap<string, number>
}

/** What the log tells every process alike. */
export function sharedSymptoms({ flows }: FlowView, runs: TroubledRuns): readonly Symptom[] {
  return [
    ...flows.flatMap((flow) => flowSymptoms(flow, runs.setAside.get(flow.connector) ?? new Map())),
    ...runs.bad.map(runSymptom),
    ...runs.again.map(againSymptom),
    ...runs.late.flatMap(lateSymptoms),
  ]
}

/** Known by whoever asks it: its parts may wait for it without a word. */
export function logAwaySymptom(kind: FlowView['log']['kind']): Symptom {
  return symptomOf({
    ...{ key: 'log away', group: kind === 'kafka' ? 'kafka' : 'log', severity: 'critical', link: '#/flow' },
    what: 'the log does not answer',
    why: 'nothing is captured or delivered meanwhile; nothing is lost as long as the sources keep their history',
    cause: 'network',
    mend: 'See whether it runs and answers from here.',
    command: 'millrace doctor',
  })
}

export interface TroubledRuns {
  readonly bad: readonly Run[]
  /** Those that failed and go on. */
  readonly again: readonly RunStanding[]
  readonly late: readonly LateSchedule[]
  /** What the last import of a connector has set aside. */
  readonly setAside: ReadonlyMap<string, SetAside>
}

export interface PartStanding {
  readonly state: string
  readonly error: RunFault | null
}

function sourceSymptoms({ name, kind, state, error, lag_seconds }: SourceFlow): readonly Symptom[] {
  if (error !== null) return kind === 'import' ? [] : partSymptom(`capture of ${name}`, { state, error })
  if (state !== 'running' || lag_seconds === null || lag_seconds <= LATE_S) return []
  return [
    symptomOf({
      key: `silent ${name}`,
      group: kind,
      severity: 'critical',
      what: `${name} is silent`,
      why: `it has given no sign of life for more than ${spoken(LATE_S)}, although an idle source gives one every few seconds`,
      cause: 'network',
      mend: 'See whether the server runs and answers from here.',
      command: 'millrace doctor',
      link: '#/flow',
    }),
  ]
}

function partSymptom(part: string, { state, error }: PartStanding): readonly Symptom[] {
  if (error === null) return []
  const isStopped = state === 'stopped'
  return [
    symptomOf({
      key: `${part} ${isStopped ? 'stopped' : 'retrying'}`,
      group: groupOf(error.code, part),
      severity: isStopped ? 'critical' : 'warning',
      what: isStopped ? `the ${part} has stopped` : `the ${part} keeps trying`,
      ...ofError(error.code),
      command: commandOf(error.code) ?? 'millrace doctor',
      link: '#/flow',
    }),
  ]
}

function throttledSymptom(connector: string): Symptom {
  return symptomOf({
    ...{ key: `throttled ${connector}`, group: 'throttling', link: '#/flow', lastsMs: THROTTLED_MS },
    what: `the target throttles ${connector}`,
    why: `it has refused more than a request a second for ${spoken(THROTTLED_MS / 1000)}; nothing is lost, but all is slower`,
    cause: 'capacity',
    mend: 'Give its tables more capacity, or have millrace take less of it: MILLRACE_WRITE_UNITS for all, the limits of a run for that.',
    command: `millrace status --connector ${connector}`,
  })
}

function flowSymptoms(
  { connector, error, lag_seconds, lag_records, ...flow }: ConnectorFlow,
  setAside: SetAside,
): readonly Symptom[] {
  const late = symptomOf({
    key: `behind ${connector}`,
    group: `behind ${connector}`,
    what: `${connector} is behind`,
    why: `its oldest change has waited for more than ${spoken(BEHIND_S)}; ${counted(lag_records ?? 0, 'record')} to go`,
    mend: 'See what holds it up.',
    command: `millrace status --connector ${connector}`,
    link: '#/flow',
  })
  const gaps = symptomOf({
    key: `gaps ${connector}`,
    group: 'gaps',
    severity: 'critical',
    what: `${connector} has ${counted(flow.open_gaps, 'open gap')}`,
    why: 'changes of its tables were never captured',
    cause: 'history',
    mend: 'Read again what they can have touched.',
    command: `millrace repair --connector ${connector}`,
    link: '#/verification',
    count: flow.open_gaps,
  })
  const dead = symptomOf({
    key: `dead ${connector}`,
    group: 'dead letters',
    what: `${connector} has ${counted(flow.dead_letters, 'dead letter')}`,
    why: deadWhy(setAside),
    cause: 'data',
    mend: `${['See why, mend it, then retry them', ...setAsideMend(setAside)].join('; ')}.`,
    command: `millrace dead list --connector ${connector}`,
    link: `#/dead?connector=${connector}`,
    count: flow.dead_letters,
  })
  const conflicts = symptomOf({
    key: `conflicts ${connector}`,
    group: 'conflicts',
    what: `${connector} has ${counted(flow.open_conflicts, 'open conflict')}`,
    why: 'both sides changed the same fields, and neither is touched until a person has decided',
    cause: 'data',
    mend: 'Compare both versions, and take one.',
    command: `millrace conflicts list --connector ${connector} --state open`,
    link: `#/conflicts?connector=${connector}`,
    count: flow.open_conflicts,
  })
  return [
    ...(error === null && lag_seconds !== null && lag_seconds > BEHIND_S ? [late] : []),
    ...(flow.open_gaps > 0 ? [gaps] : []),
    ...(flow.dead_letters > 0 ? [dead] : []),
    ...(flow.open_conflicts > 0 ? [conflicts] : []),
  ]
}

function deadWhy(setAside: SetAside): string {
  if (setAside.size > 0) return `the last import has set aside ${setAsideWhy(setAside).join('; ')}`
  return 'the target refused them, or nobody could make sense of them; later changes of their rows wait behind them'
}

/** What fails by the same server is one outage, whatever it stops. */
function groupOf(code: string, part: string): string {
  const [server] = /^(MYSQL|DYNAMODB|KAFKA|LOG|REGISTRY)(?=_)/u.exec(code) ?? []
  return server === undefined ? part : server.toLowerCase()
}

function commandOf(code: string): string | null {
  return isCode(code) ? (/`(millrace [^`]+)`/u.exec(ERRORS[code].hint)?.[1] ?? null) : null
}
