// A backfill's own part: rows read and appended, as if each were delivered at once.

import { NO_TALLY } from '../../../src/core/run.ts'
import { backfill } from '../../../src/pipeline/backfill.ts'
import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import { contend } from '../contender.ts'
import { carryOut, openParts } from './carry-out.ts'
import { TABLE } from './rows.ts'
import type { RunsJob } from './runs-job.ts'

contend<RunsJob>(async (job, meter) => {
  const parts = await openParts(job)
  const { clock } = parts
  await using source = openMysqlSource({ url: job.mysqlUrl, tables: [TABLE] })
  await carryOut(parts, {
    kind: 'backfill',
    scope: [{ table: TABLE, from: null, to: null, filters: [] }],
    work: (codec) => ({
      carryOut: async (work) => {
        let rows = 0
        await backfill(
          { source, codec, clock },
          {
            ...{ order: work.order, progress: work.progress, signal: work.signal },
            limits: () => work.limits(),
            note: (records) => work.note(records),
            book: () => work.book(),
            expect: (expected) => work.expect(expected),
            retry: (step) => work.retry(step),
            tally: async () => ({ ...NO_TALLY, applied: rows }),
            step: async (step, records) => {
              await work.step(step, records)
              rows = step.rows
              meter.done(rows)
            },
          },
        )
        if (rows !== job.rows) throw new Error(`${rows} of ${job.rows} rows were copied`)
      },
    }),
  })
})
