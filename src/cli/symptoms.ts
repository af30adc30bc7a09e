// What is amiss, as people are told of it: made of what the console shows, without any of the words that servers said.

import type { ConnectorFlow, FlowView, SourceFlow } from '../control/flow-view.ts'
import { LATE_S } from '../control/troubles.ts'
import { CAUSE_OF } from '../core/cause.ts'
import { counted } from '../core/counted.ts'
import { ERRORS, type ErrorCode } from '../core/errors.ts'
import type { Order, RunFault } from '../core/run.ts'
import { type SetAside, setAsideMend, setAsideOf, setAsideWhy } from '../core/set-aside.ts'
import { spoken } from '../core/spoken.ts'
import type { Symptom } from '../core/symptom.ts'
import type { Run, RunStanding } from '../pipeline/run-book.ts'

/** What stands still says so sooner; who is only slow is left in peace for as long. */
const BEHIND_S = 300
/** It only keeps an incident open that people have heard of. */
const NEVER_MS = Number.MAX_SAFE_INTEGER

/** Of the parts of this process. */
export function partSymptoms({ sources, flows }: FlowView, carryingOut: PartStanding): readonly Symptom[] {
  return [
    ...sources.flatMap(sourceSymptoms),
    ...flows.flatMap(({ connector, state, error }) => partSymptom(`delivery of ${connector}`, { state, error })),
    ...partSymptom('carrying out of runs', carryingOut),
  ]
}

/** What the log tells every process alike. */
export function sharedSymptoms({ flows }: FlowView, runs: TroubledRuns): readonly Symptom[] {
  return [
    ...flows.flatMap((flow) => flowSymptoms(flow, runs.setAside.get(flow.connector) ?? new Map())),
    ...runs.bad.map(runSymptom),
    ...runs.again.map(againSymptom),
  ]
}

export interface TroubledRuns {
  readonly bad: readonly Run[]
  /** Those that failed and go on. */
  readonly again: readonly RunStanding[]
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
    symptom({
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
    symptom({
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

function flowSymptoms(
  { connector, error, lag_seconds, lag_records, ...flow }: ConnectorFlow,
  setAside: SetAside,
): readonly Symptom[] {
  const late = symptom({
    key: `behind ${connector}`,
    group: `behind ${connector}`,
    what: `${connector} is behind`,
    why: `its oldest change has waited for more than ${spoken(BEHIND_S)}; ${counted(lag_records ?? 0, 'record')} to go`,
    mend: 'See what holds it up.',
    command: `millrace status --connector ${connector}`,
    link: '#/flow',
  })
  const gaps = symptom({
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
  const dead = symptom({
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
  const conflicts = symptom({
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

function sharedOf({ id, connector }: Order) {
  return { key: `run ${id}`, group: `runs of ${connector}`, link: `#/runs?id=${id}` } as const
}

/** It is no news, and not over either. */
function againSymptom({ order, progress }: RunStanding): Symptom {
  return symptom({
    ...{ ...sharedOf(order), what: failedWhat(order), lastsMs: NEVER_MS },
    why: `it goes on meanwhile; ${counted(progress?.rows ?? 0, 'row')} read`,
    mend: 'Wait until it is done.',
    command: `millrace runs show ${order.id}`,
  })
}

function failedWhat({ kind, connector }: Order): string {
  return `the ${kind} of ${connector} has failed`
}

function runSymptom({ order, progress, tally, integrity }: Run): Symptom {
  const { id, kind, connector } = order
  const shared = sharedOf(order)
  const fault = progress?.fault ?? null
  const setAside = setAsideOf(tally.writes)
  const taken = `${counted(progress?.rows ?? 0, 'row')} read, ${counted(tally.rejected, 'row')} not taken`
  const rows = [taken, ...setAsideWhy(setAside)].join('; ')
  if (fault !== null) {
    const { why, ...of } = ofError(fault.code)
    return symptom({
      ...{ ...shared, ...of, what: failedWhat(order), why: `${why}; ${rows}` },
      command: `millrace runs resume ${id}`,
    })
  }
  if (kind === 'verify') {
    return symptom({
      ...{ ...shared, what: `a verification of ${connector} has found ${counted(tally.rejected, 'row')} that differ` },
      ...{ why: 'rows of the target are not what their rows in the source should have become', cause: 'data' },
      mend: 'See which; a verification that repairs mends them.',
      command: `millrace verify --connector ${connector} --repair`,
      link: `#/verification?id=${id}`,
    })
  }
  const amiss = (integrity ?? []).filter(({ ok }) => !ok)
  const checks = amiss.map(({ check, table, expected, found }) => {
    return `${check} of ${table}: expected ${expected}, found ${found ?? 'unknown'}`
  })
  return symptom({
    ...{ ...shared, what: `the import of ${connector} left ${amiss.length} discrepancies`, cause: 'data' },
    why: `${checks.join('; ')}; ${rows}`,
    mend: `${['See what was expected and what was found; import once more, or take it back', ...setAsideMend(setAside)].join('; ')}.`,
    command: `millrace runs show ${id}`,
  })
}

type Given = Pick<Symptom, 'key' | 'group' | 'what' | 'why' | 'mend'> & Partial<Symptom>

function symptom(given: Given): Symptom {
  return { severity: 'warning', cause: null, command: null, link: null, count: null, lastsMs: 0, ...given }
}

/** An error by its code alone: its message may quote what somebody wrote, and so may a hint that was made for it. */
function ofError(code: string): Pick<Symptom, 'why' | 'cause' | 'mend'> {
  if (!isCode(code)) return { why: 'an error without a name', cause: 'defect', mend: 'The log of millrace has it.' }
  return { why: code, cause: CAUSE_OF[code], mend: ERRORS[code].hint }
}

/** What fails by the same server is one outage, whatever it stops. */
function groupOf(code: string, part: string): string {
  const [server] = /^(MYSQL|DYNAMODB|KAFKA|LOG|REGISTRY)(?=_)/u.exec(code) ?? []
  return server === undefined ? part : server.toLowerCase()
}

function commandOf(code: string): string | null {
  return isCode(code) ? (/`(millrace [^`]+)`/u.exec(ERRORS[code].hint)?.[1] ?? null) : null
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code)
}
