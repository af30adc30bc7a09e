// Where an import comes from. What it holds rests in the order of the run, and may have come from a request.

import { z } from 'zod'
import { Dialect } from './csv-dialect.ts'
import { RestSpec } from './rest-spec.ts'

const Named = z.record(z.string().max(64), z.string().max(1_000))

const File = z.strictObject({
  kind: z.literal('csv'),
  /** Within the folder of imports. */
  file: z.string().min(1).max(4_000),
  dialect: Dialect,
  /** Which column a field is found in, where it is not called like the field; without a header its number. */
  mapping: Named,
  /** Fields that are the same in every row. */
  constants: Named,
})

const Api = z.strictObject({
  kind: z.literal('api'),
  spec: RestSpec,
  /** Its credentials, sealed; left out where it wants none. */
  auth: z.string().optional(),
})

/** The flow of the part's table, with the token that the connector was given. */
const Square = z.strictObject({
  kind: z.literal('square'),
  /** All there is, whatever the flow reads each time. */
  isFoundation: z.boolean(),
})

export const IMPORT_KINDS = ['csv', 'api', 'square'] as const

export const ImportFrom = z.discriminatedUnion('kind', [File, Api, Square])
export type ImportFrom = z.infer<typeof ImportFrom>

/** For people. */
export function placeOf(from: ImportFrom): string {
  switch (from.kind) {
    case 'csv':
      return from.file
    case 'api':
      return new URL(from.spec.url).origin + new URL(from.spec.url).pathname
    case 'square':
      return from.isFoundation ? 'Square, all of it' : 'Square'
  }
}
