// Capture into Kafka: events and bookmark in one transaction.

import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import { parseKafkaUrl } from '../../../src/log/kafka/kafka-url.ts'
import { contend } from '../contender.ts'
import { captureInto } from './capture-into.ts'
import type { CaptureJob } from './capture-job.ts'

contend<CaptureJob>(async (job, meter) => captureInto(await openKafkaLog(parseKafkaUrl(job.kafkaUrl)), job, meter))
