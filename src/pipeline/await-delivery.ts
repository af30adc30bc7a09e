// Waits until what the log holds now is delivered: what is still on its way could bring an item that a walk through the
// target has already passed.

import type { Log } from '../log/log.ts'
import type { Clock } from './clock.ts'
import type { RunWork } from './run-work.ts'

export interface AwaitDeliveryOptions {
  readonly log: Pick<Log, 'ends' | 'committed' | 'lag'>
  readonly clock: Clock
  /** The connector's. */
  readonly reader: string
  readonly topics: readonly string[]
}

const LOOK_MS = 50

export async function awaitDelivery(options: AwaitDeliveryOptions, work: RunWork): Promise<void> {
  const { log, clock, reader, topics } = options
  for (const topic of topics) {
    const isDelivered = await work.retry(() => deliveredOf(log, reader, topic))
    while (!work.signal.aborted && !(await work.retry(isDelivered))) await clock.sleep(LOOK_MS, work.signal)
  }
}

/** Tells when the reader has delivered what the topic holds by now. */
export async function deliveredOf(
  log: AwaitDeliveryOptions['log'],
  reader: string,
  topic: string,
): Promise<() => Promise<boolean>> {
  const ends = new Map((await log.ends(topic)).map(({ partition, offset }) => [partition, offset]))
  return async () => {
    // A reader does not come to the very end behind a transaction marker, unless more follows.
    if ((await log.lag(reader, topic)) === 0) return true
    const now = await log.committed(reader, topic)
    return now.length === ends.size && now.every(({ partition, offset }) => offset >= (ends.get(partition) ?? 0))
  }
}
