// Capture into the log of a single node: one SQLite file, synced with every append.

import { openSqliteLog } from '../../../src/log/sqlite/sqlite-log.ts'
import { contend } from '../contender.ts'
import { captureInto } from './capture-into.ts'
import type { CaptureJob } from './capture-job.ts'

contend<CaptureJob>(async (job, meter) => captureInto(await openSqliteLog({ path: job.file }), job, meter))
