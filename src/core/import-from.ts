// Where an import comes from. What it holds rests in the order of the run, and may have come from a request.

import { z } from 'zod'
import { Dialect } from './csv-dialect.ts'

const Named = z.record(z.string().max(64), z.string().max(1_000))

export const ImportFrom = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('csv'),
    /** Within the folder of imports. */
    file: z.string().min(1).max(4_000),
    dialect: Dialect,
    /** Which column a field is found in, where it is not called like the field; without a header its number. */
    mapping: Named,
    /** Fields that are the same in every row. */
    constants: Named,
  }),
])
export type ImportFrom = z.infer<typeof ImportFrom>
