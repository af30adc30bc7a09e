// The compacted topics of a log, in memory: enough for what only appends records and asks for the latest.

import type { LogRecord, StoredRecord } from '../../src/log/log.ts'

export class TopicMemory {
  readonly records: StoredRecord[] = []

  append(records: readonly LogRecord[]): void {
    for (const record of records) {
      const offset = this.records.filter(({ topic }) => topic === record.topic).length
      this.records.push({ timeMs: 0, ...record, partition: 0, offset })
    }
  }

  async *latest(topic: string): AsyncIterable<StoredRecord> {
    const newest = new Map<string, StoredRecord>()
    for (const record of this.records) {
      if (record.topic === topic) newest.set(Buffer.from(record.key).toString('hex'), record)
    }
    yield* newest.values()
  }
}
