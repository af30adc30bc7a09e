// Whether the log answers, how quickly, and, where it is a file, how much room it takes and leaves.

import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BOOKMARKS } from '../core/topic.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Clock } from '../pipeline/clock.ts'
import { type Watch, watch } from './watch.ts'

export interface LogWatchOptions {
  readonly log: Pick<Log, 'ends'>
  /** Of its file; null where it has none. */
  readonly path: string | null
  readonly metrics: Pick<Metrics, 'logUp' | 'logAnswer' | 'logBytes' | 'logFree'>
  readonly clock: Clock
}

const EVERY_MS = 5_000
/** What SQLite keeps beside the file. */
const BESIDE = ['', '-wal', '-shm']

export function logWatch({ log, path, metrics, clock }: LogWatchOptions): Watch {
  const look = async () => {
    if (path !== null) await measure(path, metrics)
    const startMs = clock.nowMs()
    await log.ends(BOOKMARKS)
    metrics.logUp.set(1)
    metrics.logAnswer.set((clock.nowMs() - startMs) / 1000)
  }
  const forget = () => {
    metrics.logUp.set(0)
    metrics.logAnswer.remove()
  }
  return watch({ clock, everyMs: EVERY_MS, look, forget })
}

async function measure(path: string, { logBytes, logFree }: LogWatchOptions['metrics']): Promise<void> {
  const sizes = await Promise.all(
    BESIDE.map((end) =>
      stat(path + end).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  logBytes.set(
    { file: path },
    sizes.reduce((one, other) => one + other, 0),
  )
  const { bavail, bsize } = await statfs(dirname(path))
  logFree.set({ file: path }, bavail * bsize)
}
