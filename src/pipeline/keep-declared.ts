// Makes the topics that are missing, for a process that only answers: it may be the first there is, or of a newer release than
// those that carry changes.

import type { Log, TopicSpec } from '../log/log.ts'
import type { Attempt } from './supervisor.ts'

/** Until the signal aborts. */
export async function keepDeclared(
  { log, topics }: { readonly log: Pick<Log, 'declare'>; readonly topics: readonly TopicSpec[] },
  { signal, progress }: Attempt,
): Promise<void> {
  await log.declare(topics)
  progress()
  if (signal.aborted) return
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
