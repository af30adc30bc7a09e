// Deliver from Kafka.

import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import { parseKafkaUrl } from '../../../src/log/kafka/kafka-url.ts'
import { contend } from '../contender.ts'
import type { DeliverJob } from './apply-job.ts'
import { deliverAll } from './delivery.ts'

contend<DeliverJob>(async (job, meter) => deliverAll(await openKafkaLog(parseKafkaUrl(job.log)), job, meter))
