// The AWS SDK's own client, asked as directly as it can be: requests made beforehand, so many of them in flight.

import { type AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { toItem } from '../../../src/sink/dynamodb/attributes.ts'
import { birthMarks } from '../../../src/sink/dynamodb/marks.ts'
import { type Stamp, stampOf } from '../../../src/sink/stamp.ts'
import type { Meter } from '../meter.ts'
import { type ApplyJob, WARM_UP } from './apply-job.ts'
import { fieldsOf, KEYS, keyOf, placeOf } from './items.ts'

export type SdkItem = Record<string, AttributeValue>

export interface Sending {
  readonly job: ApplyJob
  readonly inFlight: number
  /** Items that one request writes. */
  readonly itemsEach: number
  readonly send: (client: DynamoDBClient, ids: readonly number[]) => Promise<unknown>
}

export async function sendAll({ job, inFlight, itemsEach, send }: Sending, meter: Meter): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: job.endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: inFlight } },
  })
  const items = job.items + WARM_UP
  let next = 0
  let done = 0
  const sendNext = async () => {
    while (next < items) {
      const ids = Array.from({ length: Math.min(itemsEach, items - next) }, (_, index) => next + index)
      next += ids.length
      await send(client, ids)
      done += ids.length
      if (done >= WARM_UP) meter.done(done)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, sendNext))
  client.destroy()
}

export function stampFor(id: number): Stamp {
  return stampOf(placeOf(id))
}

export function keyItem(id: number): SdkItem {
  const values = keyOf(id)
  return Object.fromEntries(KEYS.map((name, index) => [name, { S: values[index] ?? '' }]))
}

/** The same attributes that our sink writes. */
export function wholeItem(id: number): SdkItem {
  return { ...keyItem(id), ...toItem(fieldsOf(id)), ...birthMarks(stampFor(id)) } as SdkItem
}
