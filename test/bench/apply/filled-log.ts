// A log with the rows that are to be delivered.

import { openAvroCodec } from '../../../src/log/avro/avro-codec.ts'
import type { Log } from '../../../src/log/log.ts'
import { declaredTopics } from '../../../src/pipeline/topics.ts'
import { changeEvent, tableShape } from '../../support/change-event.ts'
import { fieldsOf } from './items.ts'

const CHUNK = 1_000

const SHAPE = tableShape(
  'comment',
  {
    entity_type: 'text',
    comment_id: 'text',
    client_id: 'int',
    comment_text: 'text',
    rating: 'int',
    date_created: 'text',
    device_info: 'text',
    session_info: 'text',
    original_review_id: 'int',
  },
  ['original_review_id'],
)

export async function fillLog(log: Log, rows: number, partitions: number): Promise<void> {
  await log.declare(declaredTopics(['millrace.app.comment'], partitions))
  const codec = await openAvroCodec({ log, registry: null, accept: [], nowMs: Date.now })
  const writer = await log.writer('bench')
  for (let from = 0; from < rows; from += CHUNK) {
    const events = Array.from({ length: Math.min(CHUNK, rows - from) }, (_, index) => {
      const id = from + index
      return changeEvent({ shape: SHAPE, op: 'insert', after: fieldsOf(id) as Record<string, string | number>, at: id })
    })
    await writer.append(await codec.encode(events))
  }
  await writer.close()
}
