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
    const ends = await work.retry(() => log.ends(topic))
    const isDelivered = async () => {
      // A reader does not come to the very end behind a transaction marker, unless more follows.
      if ((await log.lag(reader, topic)) === 0) return true
      const now = await log.committed(reader, topic)
      return ends.every((end) =>
        now.some(({ partition, offset }) => partition === end.partition && offset >= end.offset),
      )
    }
    while (!work.signal.aborted && !(await work.retry(isDelivered))) await clock.sleep(LOOK_MS, work.signal)
  }
}
