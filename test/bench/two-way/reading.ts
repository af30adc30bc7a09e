// What the yardsticks of reading do with a stream: its shards one after the other, each from its beginning, page by page,
// and nothing with the records.

import type { Meter } from '../meter.ts'
import { PASSES, type StreamJob } from './stream-job.ts'

export interface Page {
  readonly records: number
  /** Null at the end of a shard. */
  readonly next: string | null
}

export interface StreamCalls {
  readonly shards: () => Promise<readonly string[]>
  /** At the beginning of a shard. */
  readonly iterator: (shard: string) => Promise<string>
  readonly page: (iterator: string) => Promise<Page>
}

export async function readStream({ records }: StreamJob, calls: StreamCalls, meter: Meter): Promise<void> {
  for (const pass of PASSES) {
    let read = 0
    for (const shard of await calls.shards()) {
      for (let at: string | null = await calls.iterator(shard); at !== null && read < records; ) {
        const page = await calls.page(at)
        read += page.records
        at = page.next
        if (pass === 'counts' && page.records > 0) meter.done(read)
      }
    }
    if (read !== records) throw new Error(`${read} of ${records} records were read`)
  }
}
