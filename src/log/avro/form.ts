// How one kind of record rests in Avro.

import type { z } from 'zod'
import type { Released } from './released.ts'

export interface Form<Record> {
  readonly schema: Released
  readonly stored: (record: Record) => object
  readonly restored: z.ZodType<Record>
}
