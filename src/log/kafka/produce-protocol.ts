// The produce request: one record batch for each partition.

import type { KafkaRequest } from './broker-connection.ts'
import { type Place, readPlaces, writePlaces } from './place.ts'
import type { WireReader } from './wire-reader.ts'
import { WireWriter } from './wire-writer.ts'

export interface PlaceBatch extends Place {
  readonly batch: Buffer
}

export interface Produced extends Place {
  readonly code: number
  readonly detail: string | null
}

const ALL_IN_SYNC = -1
const TIMEOUT_MS = 10_000

export function produceRequest(transactionalId: string, batches: readonly PlaceBatch[]): KafkaRequest {
  const bytes = batches.reduce((sum, { batch }) => sum + batch.length, 0)
  const body = new WireWriter({ sizeHint: bytes + batches.length * 128 + 256 })
    .string(transactionalId)
    .int16(ALL_IN_SYNC)
    .int32(TIMEOUT_MS)
  writePlaces(body, batches, ({ partition, batch }) => body.int32(partition).blob(batch))
  return { name: 'Produce', api: 0, version: 8, body, waitMs: TIMEOUT_MS }
}

export function readProduced(answer: WireReader): readonly Produced[] {
  return readPlaces(answer, (place) => {
    const code = answer.int16()
    for (let skipped = 0; skipped < 3; skipped++) answer.int64() // base offset, append time, start of the log
    answer.array(() => {
      answer.int32() // index of a record at fault
      answer.nullableString()
    })
    return { ...place, code, detail: answer.nullableString() }
  })
}
