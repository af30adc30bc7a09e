// What a request for an import may hold, and what it comes to.

import { z } from 'zod'
import { COMPRESSIONS, Dialect, ENCODINGS } from '../core/csv-dialect.ts'
import type { ImportFrom } from '../core/import-from.ts'
import type { ImportWanted } from '../pipeline/import-order.ts'

const Mapping = z.record(z.string().max(64), z.string().min(1).max(1_000))

const Options = z.strictObject({
  targetTable: z.string().max(64).default('content_index'),
  contentType: z.string().min(1).max(50).optional(),
  columnMapping: Mapping.default({}),
  constants: Mapping.default({}),
  hasHeader: z.boolean().default(true),
  delimiter: z.string().optional(),
  quote: z.string().optional(),
  encoding: z.enum(ENCODINGS).optional(),
  compression: z.enum(COMPRESSIONS).optional(),
})

export const TriggerBody = z.strictObject({
  sourceType: z.enum(['csv']),
  /** A file within the folder of imports. */
  sourceIdentifier: z.string().min(1).max(4_000),
  options: Options.prefault({}),
  /** Read it again although it says what it said last time. */
  force: z.boolean().default(false),
  dry_run: z.boolean().default(false),
})

export function wantedBy({ sourceIdentifier, options, force }: z.infer<typeof TriggerBody>): ImportWanted {
  const { targetTable, contentType, columnMapping, constants, ...dialect } = options
  const from: ImportFrom = {
    kind: 'csv',
    file: sourceIdentifier,
    dialect: Dialect.parse(dialect),
    mapping: columnMapping,
    constants: { ...constants, ...(contentType === undefined ? {} : { content_type: contentType }) },
  }
  return { table: targetTable, from, isForced: force }
}
