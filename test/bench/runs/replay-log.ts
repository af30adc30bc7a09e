// A replay of a whole log into a table that is empty, as it is built anew.

import { LookupCache } from '../../../src/pipeline/lookup-cache.ts'
import { Lookups } from '../../../src/pipeline/lookups.ts'
import { Plan } from '../../../src/pipeline/plan.ts'
import { replay } from '../../../src/pipeline/replay.ts'
import { ReplayFilter } from '../../../src/pipeline/replay-filter.ts'
import { openDynamodbSink } from '../../../src/sink/dynamodb/dynamodb-sink.ts'
import { NO_ROWS } from '../apply/delivery.ts'
import { contend } from '../contender.ts'
import { carryOut, openParts } from './carry-out.ts'
import { metered } from './metered.ts'
import type { RunsJob } from './runs-job.ts'

contend<RunsJob>(async (job, meter) => {
  const parts = await openParts(job)
  const { log, records, clock, connector, topic, ready, openCodec } = parts
  // What is to be replayed has been delivered.
  const reading = new AbortController()
  for await (const batch of log.follow(connector, [topic], { signal: reading.signal })) {
    await batch.commit()
    if ((await log.lag(connector, topic)) === 0) reading.abort()
  }
  const memory = new LookupCache(0)
  const observer = { lookedUp: () => undefined, disputed: () => undefined }
  const lookups = new Lookups({ connector, source: 'bench', lookup: NO_ROWS, memory, shared: null, observer })
  const source = { columns: async () => new Map() }
  const plan = await Plan.open({ ready, openCodec, lookups, source })
  const filter = new ReplayFilter(ready.connector, NO_ROWS)
  const openSink = async () => {
    return metered(await openDynamodbSink({ endpoint: job.endpoint, targets: ready.targets }), meter)
  }
  const [end] = await log.ends(topic)
  if (end === undefined) throw new Error('the log is empty')
  await carryOut(parts, {
    kind: 'replay',
    scope: { ranges: [{ from: { ...end, offset: 0 }, to: end }], venue: null, key: null, into: null },
    work: () => ({
      carryOut: async (work) => {
        await replay({ log, records, clock, observer, ready, plan, filter, openSink }, work)
        const { applied } = await work.tally()
        if (applied < job.rows) throw new Error(`${applied} of ${job.rows} rows were applied`)
      },
    }),
  })
})
