// What is amiss with runs, and with the schedules that order them.

import { counted } from '../core/counted.ts'
import type { Order } from '../core/run.ts'
import { setAsideMend, setAsideOf, setAsideWhy } from '../core/set-aside.ts'
import { spoken } from '../core/spoken.ts'
import type { Symptom } from '../core/symptom.ts'
import type { Run, RunStanding } from '../pipeline/run-book.ts'
import { ofError, symptomOf } from './symptom-of.ts'

/** It only keeps an incident open that people have heard of. */
const NEVER_MS = Number.MAX_SAFE_INTEGER
/** What nobody orders; and what was ordered, for that may take its time. */
const UNORDERED_MS_MAX = 10 * 60_000
const UNDONE_MS_MAX = 4 * 3_600_000

/** A schedule that is due, and what was due is not done. */
export interface LateSchedule {
  readonly schedule: string
  readonly connector: string
  readonly lateMs: number
  readonly isOrdered: boolean
}

function sharedOf({ id, connector }: Order) {
  return { key: `run ${id}`, group: `runs of ${connector}`, link: `#/runs?id=${id}` } as const
}

/** It is no news, and not over either. */
export function againSymptom({ order, progress }: RunStanding): Symptom {
  return symptomOf({
    ...{ ...sharedOf(order), what: failedWhat(order), lastsMs: NEVER_MS },
    why: `it goes on meanwhile; ${counted(progress?.rows ?? 0, 'row')} read`,
    mend: 'Wait until it is done.',
    command: `millrace runs show ${order.id}`,
  })
}

function failedWhat({ kind, connector }: Order): string {
  return `the ${kind} of ${connector} has failed`
}

export function runSymptom({ order, progress, tally, integrity }: Run): Symptom {
  const { id, kind, connector } = order
  const shared = sharedOf(order)
  const fault = progress?.fault ?? null
  const setAside = setAsideOf(tally.writes)
  const taken = `${counted(progress?.rows ?? 0, 'row')} read, ${counted(tally.rejected, 'row')} not taken`
  const rows = [taken, ...setAsideWhy(setAside)].join('; ')
  if (fault !== null) {
    const { why, ...of } = ofError(fault.code)
    return symptomOf({
      ...{ ...shared, ...of, what: failedWhat(order), why: `${why}; ${rows}` },
      command: `millrace runs resume ${id}`,
    })
  }
  if (kind === 'verify') {
    return symptomOf({
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
  return symptomOf({
    ...{ ...shared, what: `the import of ${connector} left ${amiss.length} discrepancies`, cause: 'data' },
    why: `${checks.join('; ')}; ${rows}`,
    mend: `${['See what was expected and what was found; import once more, or take it back', ...setAsideMend(setAside)].join('; ')}.`,
    command: `millrace runs show ${id}`,
  })
}

export function lateSymptoms({ schedule, connector, lateMs, isOrdered }: LateSchedule): readonly Symptom[] {
  const mostMs = isOrdered ? UNDONE_MS_MAX : UNORDERED_MS_MAX
  if (lateMs <= mostMs) return []
  const since = `it has been due for more than ${spoken(mostMs / 1000)}`
  return [
    symptomOf({
      ...{ key: `late ${schedule}`, group: `runs of ${connector}`, link: '#/schedules' },
      what: isOrdered ? `${schedule} is late` : `${schedule} was missed`,
      why: isOrdered ? `${since}, and is not done` : `${since}, and nobody has ordered it`,
      cause: 'capacity',
      mend: isOrdered
        ? 'See what came of its last run, and what holds it up.'
        : 'See whether a process delivers: those order what is due.',
      command: isOrdered ? 'millrace runs list' : 'millrace status',
    }),
  ]
}
