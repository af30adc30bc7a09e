// One way of doing a piece of work, measured in a process of its own: the child's side and the parent's.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { keepHeapSteady } from '../../src/steady-heap.ts'
import type { Measured } from './measured.ts'
import { Meter } from './meter.ts'

/** Whoever takes longer than this hangs. */
const WORK_MS_MAX = 300_000

export interface Contention {
  /** The process keeps its memory as the command does, instead of as Node would. */
  readonly isSteady?: boolean
}

/** In the child: does the work when the parent says what it is, tells what it took, and ends. */
export function contend<Job>(work: (job: Job, meter: Meter) => Promise<void>): void {
  process.once('disconnect', () => process.exit())
  process.once('message', async (job: Job & Contention) => {
    if (job.isSteady) keepHeapSteady()
    const meter = new Meter()
    await work(job, meter)
    process.send?.(meter.measured, () => process.exit())
  })
}

export interface ContenderOptions {
  /** Where to leave a CPU profile of the process; null for none. */
  readonly profiles: string | null
}

/** In the parent: runs the contender in `file` once. */
export async function runContender(file: URL, job: Contention, { profiles }: ContenderOptions): Promise<Measured> {
  const profiling = profiles === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`]
  // kafkajs sets timers in the past, and says so on every run.
  const execArgv = ['--disable-warning=TimeoutNegativeWarning', ...profiling]
  const child = fork(file, { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  let measured: Measured | null = null
  child.once('message', (message) => {
    measured = message as Measured
  })
  child.send(job)
  const late = setTimeout(() => child.kill('SIGKILL'), WORK_MS_MAX)
  await once(child, 'exit')
  clearTimeout(late)
  if (measured === null) {
    const how = child.exitCode === null ? child.signalCode : `exit code ${child.exitCode}`
    throw new Error(`${file.pathname} ended by ${how} and without a result`)
  }
  return measured
}
