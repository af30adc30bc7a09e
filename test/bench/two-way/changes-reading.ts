// Our source alone: from the stream to events that nobody keeps.

import { openDynamodbSource } from '../../../src/source/dynamodb/dynamodb-source.ts'
import { contend } from '../contender.ts'
import { RESPONSES } from './responses.ts'
import { PASSES, type StreamJob } from './stream-job.ts'

contend<StreamJob>(async ({ endpoint, bookmark, records }, meter) => {
  for (const pass of PASSES) {
    await using source = await openDynamodbSource({ endpoint, region: 'eu-central-1', tables: [RESPONSES] })
    let read = 0
    for await (const { events } of source.changes(bookmark, new AbortController().signal)) {
      read += events.length
      if (pass === 'counts' && events.length > 0) meter.done(read)
      if (read >= records) break
    }
    if (read !== records) throw new Error(`${read} of ${records} changes were read`)
  }
})
