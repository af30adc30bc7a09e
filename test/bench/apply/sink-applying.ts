// Gives writes to our sink, as many at a time as deliver does.

import { openDynamodbSink } from '../../../src/sink/dynamodb/dynamodb-sink.ts'
import type { PlacedWrite } from '../../../src/sink/sink.ts'
import type { Meter } from '../meter.ts'
import { type ApplyJob, WARM_UP } from './apply-job.ts'
import { KEYS, OWNS } from './items.ts'

const CHUNK = 1_000
const FOREVER = new AbortController().signal

export async function applyAll(
  { endpoint, table, items }: ApplyJob,
  meter: Meter,
  writeOf: (id: number) => PlacedWrite,
): Promise<void> {
  const sink = await openDynamodbSink({ endpoint, targets: { [table]: { key: KEYS, owns: OWNS } } })
  const writes = Array.from({ length: items + WARM_UP }, (_, id) => writeOf(id))
  for (let done = 0; done < writes.length; ) {
    const chunk = writes.slice(done, done + CHUNK)
    const outcomes = await sink.apply(chunk, FOREVER)
    const other = outcomes.find(({ did }) => did !== 'applied')
    if (other !== undefined) throw new Error(`an item was ${other.did}: ${other.reason}`)
    done += chunk.length
    if (done >= WARM_UP) meter.done(done)
  }
  await sink.close()
}
