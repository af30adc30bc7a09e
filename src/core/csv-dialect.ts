// How a CSV file is written.

import { z } from 'zod'

export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'latin1', 'windows-1252'] as const
export type Encoding = (typeof ENCODINGS)[number]

export const COMPRESSIONS = ['none', 'gzip', 'zstd'] as const
export type Compression = (typeof COMPRESSIONS)[number]

const character = z
  .string()
  .length(1)
  .regex(/^[\t -~]$/u, 'must be one ASCII character')

export const Dialect = z.strictObject({
  delimiter: character.default(','),
  quote: character.default('"'),
  hasHeader: z.boolean().default(true),
  /** Left out: what the file's first bytes say, else UTF-8. */
  encoding: z.enum(ENCODINGS).optional(),
  /** Left out: what the file's first bytes say. */
  compression: z.enum(COMPRESSIONS).optional(),
})
export type Dialect = z.infer<typeof Dialect>
