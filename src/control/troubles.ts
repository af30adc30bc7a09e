// What is wrong with what flows, each with the command that mends it; what stands still before what is merely slow.

import { counted } from '../core/counted.ts'
import { openConflicts } from '../core/open-conflicts.ts'
import type { RunFault } from '../core/run.ts'
import { spoken } from '../core/spoken.ts'
import type { ConnectorFlow, SourceFlow } from './flow-view.ts'
import type { Trouble } from './trouble.ts'

/** A run that has ended otherwise than it should. */
export interface BadRun {
  readonly id: string
  readonly kind: string
  readonly connector: string
  /** What it failed by; null for one that is done and has found what is amiss: an import or a verification. */
  readonly fault: RunFault | null
}

/** How the part that carries runs out stands. */
export interface RunsPart {
  readonly state: string
  readonly error: RunFault | null
}

export interface Troubled {
  readonly sources: readonly SourceFlow[]
  readonly flows: readonly ConnectorFlow[]
  /** Each once, whichever of them have found it. */
  readonly conflicts: number
  /** Null where others carry runs out. */
  readonly carryingOut: RunsPart | null
  /** The newest first. */
  readonly runs: readonly BadRun[]
  /** Of the last minute, by connector. */
  readonly throttles: ReadonlyMap<string, number>
}

/** Nobody waits longer without asking why. */
export const LATE_S = 60
const RUNS_MAX = 5

export function troublesOf({ sources, flows, conflicts, carryingOut, runs, throttles }: Troubled): readonly Trouble[] {
  const all = [
    ...sources.flatMap(sourceTroubles),
    ...flows.flatMap(flowTroubles),
    ...(conflicts > 0 ? [undecided(conflicts, flows)] : []),
    ...(carryingOut?.error ? [partTrouble('carrying out of runs', carryingOut.state, carryingOut.error)] : []),
    ...[...throttles].flatMap(([connector, count]) => (count === 0 ? [] : [throttled(connector, count)])),
    ...runs.slice(0, RUNS_MAX).map(runTrouble),
    ...(runs.length > RUNS_MAX ? [moreRuns(runs.length - RUNS_MAX)] : []),
  ]
  return [
    ...all.filter(({ severity }) => severity === 'critical'),
    ...all.filter(({ severity }) => severity !== 'critical'),
  ]
}

function sourceTroubles({ name, kind, state, error, lag_seconds }: SourceFlow): readonly Trouble[] {
  if (error !== null && kind !== 'import') return [partTrouble(`capture of ${name}`, state, error)]
  if (state !== 'running' || lag_seconds === null || lag_seconds <= LATE_S) return []
  return [
    {
      severity: 'critical',
      what: `${name} is silent`,
      why: `its last sign of life is ${spoken(lag_seconds)} old`,
      mend: 'See whether the server runs and answers from here: `millrace doctor` asks it.',
      command: 'millrace doctor',
      link: '#/flow',
    },
  ]
}

function flowTroubles(flow: ConnectorFlow): readonly Trouble[] {
  const { connector, state, error, lag_seconds, lag_records } = flow
  const late: Trouble = {
    severity: 'warning',
    what: `${connector} is behind`,
    why: `its oldest change has waited for ${spoken(lag_seconds ?? 0)}; ${counted(lag_records ?? 0, 'record')} to go`,
    mend: `See what holds it up: \`millrace status --connector ${connector}\`.`,
    command: `millrace status --connector ${connector}`,
    link: '#/flow',
  }
  return [
    ...(error === null ? [] : [partTrouble(`delivery of ${connector}`, state, error)]),
    ...(lag_seconds !== null && lag_seconds > LATE_S ? [late] : []),
    ...waiting(flow),
  ]
}

function waiting({ connector, dead_letters, open_gaps }: ConnectorFlow): readonly Trouble[] {
  const gaps: Trouble = {
    severity: 'critical',
    what: `${connector} has ${counted(open_gaps, 'open gap')}`,
    why: 'changes of its tables were never captured',
    mend: 'Read again what they can have touched.',
    command: `millrace repair --connector ${connector}`,
    link: `#/verification?connector=${connector}`,
  }
  const dead: Trouble = {
    severity: 'warning',
    what: `${connector} has ${counted(dead_letters, 'dead letter')}`,
    why: 'the target refused them, or nobody could make sense of them; later changes of their rows wait behind them',
    mend: 'See why, mend it, then retry them.',
    command: `millrace dead list --connector ${connector}`,
    link: `#/dead?connector=${connector}`,
  }
  return [...(open_gaps > 0 ? [gaps] : []), ...(dead_letters > 0 ? [dead] : [])]
}

function undecided(count: number, flows: readonly ConnectorFlow[]): Trouble {
  return {
    severity: 'warning',
    what: openConflicts(count, flows),
    why: 'both sides changed the same fields, and neither is touched until a person has decided',
    mend: 'Compare both versions, and take one.',
    command: 'millrace conflicts list --state open',
    link: '#/conflicts?state=open',
  }
}

function partTrouble(part: string, state: string, { code, message, hint }: RunFault): Trouble {
  const isStopped = state === 'stopped'
  return {
    severity: isStopped ? 'critical' : 'warning',
    what: isStopped ? `the ${part} has stopped` : `the ${part} keeps trying`,
    why: `${code}: ${message}`,
    mend: hint,
    command: commandOf(hint) ?? 'millrace doctor',
    link: '#/flow',
  }
}

function throttled(connector: string, count: number): Trouble {
  return {
    severity: 'warning',
    what: `the target throttles ${connector}`,
    why: `it refused ${counted(count, 'request')} within a minute`,
    mend: 'Give its tables more capacity, or have runs take less of it with their limits.',
    command: null,
    link: '#/runs',
  }
}

function runTrouble({ id, kind, connector, fault }: BadRun): Trouble {
  const shared = { severity: 'warning', link: `#/runs/${id}` } as const
  if (fault === null && kind === 'verify') {
    return {
      ...shared,
      what: `a verification of ${connector} has found differences`,
      why: 'rows of the target are not what their rows in the source should have become',
      mend: 'See which; a verification that repairs mends them.',
      command: `millrace verify --connector ${connector} --repair`,
      link: `#/verification/${id}`,
    }
  }
  if (fault === null) {
    return {
      ...shared,
      what: `an import of ${connector} left discrepancies`,
      why: 'its tables were looked at when it was done, and something is amiss beyond its threshold',
      mend: 'See what was expected and what was found; import once more, or take it back.',
      command: `millrace runs show ${id}`,
    }
  }
  return {
    ...shared,
    what: `a ${kind} of ${connector} has failed`,
    why: `${fault.code}: ${fault.message}`,
    mend: `${fault.hint} Then let it go on.`,
    command: `millrace runs resume ${id}`,
  }
}

function moreRuns(count: number): Trouble {
  return {
    severity: 'warning',
    what: `${counted(count, 'more run')} ended badly`,
    why: 'nobody has taken them up since',
    mend: 'See each of them.',
    command: 'millrace runs list',
    link: '#/runs?state=failed',
  }
}

/** The first command that a hint names. */
function commandOf(hint: string): string | null {
  return /`(millrace [^`]+)`/u.exec(hint)?.[1] ?? null
}
