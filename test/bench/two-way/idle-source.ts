// Our source alone, while nothing happens.

import { setTimeout as delay } from 'node:timers/promises'
import { openDynamodbSource } from '../../../src/source/dynamodb/dynamodb-source.ts'
import { contend } from '../contender.ts'
import type { IdleJob } from './idle-job.ts'
import { RESPONSES } from './responses.ts'

contend<IdleJob>(async ({ endpoint, settleMs, seconds }, meter) => {
  await using source = await openDynamodbSource({ endpoint, region: 'eu-central-1', tables: [RESPONSES] })
  const stop = new AbortController()
  const following = follow(source.changes(null, stop.signal))
  await delay(settleMs)
  meter.done(0)
  await delay(seconds * 1_000)
  meter.done(seconds)
  stop.abort()
  await following
})

async function follow(changes: AsyncIterable<unknown>): Promise<void> {
  for await (const _batch of changes);
}
