// Orders what is due. Which time each schedule was seen to last is on record, so one that was missed while nobody ran is
// made up for, once; and the order's id says which time it is for, so whoever else orders the same orders nothing new.

import { v5 as uuid } from 'uuid'
import { lastDue, type Schedule } from '../core/schedule.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log } from '../log/log.ts'
import { nextBeat } from './beat.ts'
import { bookmarkRecord } from './bookmark-record.ts'
import type { Clock } from './clock.ts'
import { decideAlone } from './decide-alone.ts'
import { newestBookmark } from './newest-bookmark.ts'
import type { Run } from './run-book.ts'

export interface ScheduledOrder {
  readonly by: string
  readonly id?: (part: string) => string
}

export interface Scheduled {
  /** Names it among all. */
  readonly name: string
  readonly schedule: Pick<Schedule, 'cron' | 'zone'>
  /** Orders it, unless that is done already; the same id is the same order. The runs that do it. */
  readonly order: (asked: ScheduledOrder) => Promise<readonly Run[]>
}

export interface SchedulerOptions {
  readonly log: Log
  readonly records: RecordCodec
  readonly clock: Clock
  readonly all: readonly Scheduled[]
}

const LOOK_MS = 1_000
const WRITER = 'millrace.schedules'
const NAMESPACE = '7b1ad6ce-93c1-5d0c-8c8b-2f1f3e0d9a44'

/** Names it among the bookmarks, and as who orders. */
export function scheduleSource(name: string): string {
  return `schedule ${name}`
}

/** Until the signal aborts. */
export async function keepSchedules(options: SchedulerOptions, signal: AbortSignal): Promise<void> {
  const { clock, all } = options
  if (all.length === 0) return
  const seen = new Map<string, number>()
  while (!signal.aborted) {
    for (const one of all) await look(options, one, seen)
    await nextBeat(clock, LOOK_MS, signal)
  }
}

async function look(options: SchedulerOptions, one: Scheduled, seen: Map<string, number>): Promise<void> {
  const { clock, log, records } = options
  const nowMs = clock.nowMs()
  const source = scheduleSource(one.name)
  const known = seen.get(one.name) ?? Number((await newestBookmark({ log, records, source }))?.bookmark ?? Number.NaN)
  const dueMs = lastDue(one.schedule, nowMs)
  // What was due before anybody knew of it is nobody's.
  if (Number.isNaN(known)) return remember(options, source, nowMs).then(() => void seen.set(one.name, nowMs))
  seen.set(one.name, known)
  if (dueMs === null || dueMs <= known) return
  const at = new Date(dueMs).toISOString()
  await one.order({ id: (part) => uuid(`${one.name} ${at} ${part}`, NAMESPACE), by: source })
  await remember(options, source, dueMs)
  seen.set(one.name, dueMs)
}

async function remember({ log, records }: SchedulerOptions, source: string, atMs: number): Promise<void> {
  const batch = { events: [], bookmark: String(atMs), position: '', sourceTimeMs: atMs }
  await decideAlone(log, WRITER, async (writer) => writer.append([await bookmarkRecord(records, source, batch)]))
}
