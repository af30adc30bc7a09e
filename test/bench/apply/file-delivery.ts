// Deliver from the log of a single node.

import { openSqliteLog } from '../../../src/log/sqlite/sqlite-log.ts'
import { contend } from '../contender.ts'
import type { DeliverJob } from './apply-job.ts'
import { deliverAll } from './delivery.ts'

contend<DeliverJob>(async (job, meter) => deliverAll(await openSqliteLog({ path: job.log }), job, meter))
