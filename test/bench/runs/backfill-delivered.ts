// A backfill together with the deliveries that bring its rows to the target.

import { backfill } from '../../../src/pipeline/backfill.ts'
import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import { WARM_UP } from '../apply/apply-job.ts'
import { deliverAll } from '../apply/delivery.ts'
import { contend } from '../contender.ts'
import { carryOut, openParts } from './carry-out.ts'
import { TABLE } from './rows.ts'
import type { RunsJob } from './runs-job.ts'

contend<RunsJob>(async (job, meter) => {
  const parts = await openParts(job)
  const { clock, log, connector } = parts
  await using source = openMysqlSource({ url: job.mysqlUrl, tables: [TABLE] })
  const delivering = deliverAll(log, { ...job, items: job.rows - WARM_UP, reader: connector }, meter)
  await carryOut(parts, {
    kind: 'backfill',
    scope: [{ table: TABLE, from: null, to: [job.rows - 1], filters: [] }],
    work: (codec) => ({ carryOut: (work) => backfill({ source, codec, clock }, work) }),
  })
  await delivering
})
