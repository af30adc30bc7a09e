// Shows a run until it ends: a bar on a terminal, a line now and then elsewhere, the run itself as JSON at the end.

import type { RunView } from '../control/run-view.ts'
import { viewOf } from '../control/run-view.ts'
import { systemClock } from '../pipeline/clock.ts'
import type { Run } from '../pipeline/run-book.ts'
import type { RunDesk } from '../pipeline/run-desk.ts'
import { type Call, EXIT, type ExitCode } from './command.ts'

const LOOK_MS = 250
/** Elsewhere than on a terminal. */
const LINE_EVERY_MS = 5_000
const UNTAKEN_MS = 5_000
const BAR_WIDTH = 30

export interface WatchCall extends Call {
  /** What is printed as JSON at the end; the run as everybody sees it when left out. */
  readonly jsonOf?: (run: Run) => object
}

/** A person who has seen enough leaves it running. */
export async function watchRun(desk: RunDesk, id: string, call: WatchCall): Promise<ExitCode> {
  const { terminal, isJson, signal, jsonOf = viewOf } = call
  const startMs = performance.now()
  let toldMs = Number.NEGATIVE_INFINITY
  let isWarned = false
  for (;;) {
    const run = await desk.find(id)
    const view = viewOf(run)
    const isOver = view.ended_at !== null && view.state !== 'queued'
    const nowMs = performance.now()
    const isDue = terminal.isInteractive || isOver || nowMs - toldMs >= LINE_EVERY_MS
    if (!isJson && isDue) {
      terminal.print(terminal.isInteractive ? `\r\u001B[K${line(view)}` : `${line(view)}\n`)
      toldMs = nowMs
    }
    if (isOver) return ended(view, { ...call, json: jsonOf(run) })
    if (view.state === 'queued' && !isWarned && nowMs - startMs > UNTAKEN_MS) {
      isWarned = true
      terminal.warn('Nobody has taken it up yet: is `millrace start` running on this log, with room for another run?\n')
    }
    await systemClock.sleep(LOOK_MS, signal)
    if (signal.aborted) return left(view, { ...call, json: jsonOf(run) })
  }
}

interface End extends Call {
  readonly json: object
}

function ended(view: RunView, { terminal, isJson, json }: End): ExitCode {
  if (isJson) terminal.print(`${JSON.stringify(json)}\n`)
  else if (terminal.isInteractive) terminal.print('\n')
  if (view.state === 'done') return EXIT.done
  if (view.error !== null && !isJson) terminal.warn(`${view.error.code}: ${view.error.message}\n${view.error.hint}\n`)
  return view.error === null ? EXIT.failed : EXIT.needsPerson
}

function left(view: RunView, { terminal, isJson, json }: End): ExitCode {
  if (isJson) terminal.print(`${JSON.stringify(json)}\n`)
  else terminal.print(`\nIt goes on: \`millrace runs cancel ${view.id}\` ends it.\n`)
  return EXIT.done
}

export function line(view: RunView): string {
  const { state, rows_done: done, rows_expected: expected, tally } = view
  const counts = Object.entries(tally).filter(([, count]) => count > 0)
  const parts = [
    `${view.kind} ${view.connector} ${state}`,
    ...(state === 'running' && expected !== null && expected > 0 ? [bar(done / expected)] : []),
    `${done.toLocaleString('en')} rows`,
    ...(view.rows_per_second > 0 ? [`${view.rows_per_second.toLocaleString('en')}/s`] : []),
    ...(view.ends_at === null ? [] : [`done at ${view.ends_at.slice(11, 19)}`]),
    counts.map(([name, count]) => `${count.toLocaleString('en')} ${name}`).join(', '),
  ]
  return parts.filter((part) => part !== '').join('  ')
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, share) * BAR_WIDTH)
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}] ${Math.floor(Math.min(1, share) * 100)}%`
}
