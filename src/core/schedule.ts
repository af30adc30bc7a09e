// When something is to be done again and again: a cron expression in a time zone.

import { Cron } from 'croner'
import type { ImportFrom } from './import-from.ts'

export interface Schedule {
  readonly name: string
  /** Five fields: minute, hour, day of month, month, day of week; or six, with the second first. */
  readonly cron: string
  /** A name as Europe/Madrid; UTC when left out. */
  readonly zone?: string
  /** Imported one after the other. */
  readonly imports: readonly { readonly table: string; readonly from: ImportFrom }[]
}

const UTC = 'UTC'

/** When it was last due, in milliseconds; null where it never was. */
export function lastDue({ cron, zone = UTC }: Pick<Schedule, 'cron' | 'zone'>, nowMs: number): number | null {
  const [at] = timetable(cron, zone).previousRuns(1, new Date(nowMs + 1))
  return at?.getTime() ?? null
}

export function nextDue({ cron, zone = UTC }: Pick<Schedule, 'cron' | 'zone'>, nowMs: number): number | null {
  return timetable(cron, zone).nextRun(new Date(nowMs))?.getTime() ?? null
}

/** What is wrong with it; null when nothing is. */
export function scheduleFault({ cron, zone = UTC }: Pick<Schedule, 'cron' | 'zone'>): string | null {
  if (![5, 6].includes(cron.trim().split(/\s+/u).length))
    return `"${cron}" has not five fields, as "0 2 * * *" for two in the night`
  try {
    timetable(cron, zone).nextRun()
    return null
  } catch (error) {
    return `"${cron}" in ${zone}: ${error instanceof Error ? error.message : String(error)}`
  }
}

function timetable(cron: string, zone: string): Cron {
  return new Cron(cron, { timezone: zone, paused: true })
}
