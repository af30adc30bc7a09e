// Decides by what the log says, and appends the decision, with nobody else deciding meanwhile: whoever opened a writer of
// this id fences every other, and whoever was fenced reads and decides again: a while later, for many that start again at
// once fence one another for ever.

import { setTimeout as delay } from 'node:timers/promises'
import { MillraceError } from '../core/errors.ts'
import type { Log, LogWriter } from '../log/log.ts'

const TRIES_MAX = 20
const PAUSE_MS_MAX = 5_000

export async function decideAlone<Decision>(
  log: Pick<Log, 'writer'>,
  id: string,
  decide: (writer: LogWriter) => Promise<Decision>,
): Promise<Decision> {
  for (let tries = 1; ; tries++) {
    const beganAtMs = performance.now()
    try {
      return await attempt(log, id, decide)
    } catch (error) {
      const isRace = error instanceof MillraceError && error.code === 'LOG_FENCED'
      if (!isRace || tries === TRIES_MAX) throw error
      // In turns of what a decision takes here: a log in a cluster opens a writer a hundred times slower than a file.
      await delay(Math.random() * Math.min(PAUSE_MS_MAX, (performance.now() - beganAtMs) * 2 ** tries))
    }
  }
}

async function attempt<Decision>(
  log: Pick<Log, 'writer'>,
  id: string,
  decide: (writer: LogWriter) => Promise<Decision>,
): Promise<Decision> {
  const writer = await log.writer(id)
  try {
    return await decide(writer)
  } finally {
    await writer.close().catch(() => undefined)
  }
}
