// What an import is about: into which table of the connector, and from where.

import { z } from 'zod'
import { ImportFrom } from '../core/import-from.ts'

export const ImportScope = z.strictObject({ table: z.string(), from: ImportFrom })
export type ImportScope = z.infer<typeof ImportScope>

export function importScope({ scope }: { readonly scope: string }): ImportScope {
  return ImportScope.parse(JSON.parse(scope))
}
