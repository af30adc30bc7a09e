// What an import is about: into which tables of the connector, and from where; one after the other.

import { z } from 'zod'
import { ImportFrom } from '../core/import-from.ts'

const Part = z.strictObject({ table: z.string(), from: ImportFrom })
export type ImportPart = z.infer<typeof Part>

/** `isForced`: also what is known to say the same as last time is read again. */
export const ImportScope = z.strictObject({ imports: z.array(Part).min(1), isForced: z.boolean().optional() })
export type ImportScope = z.infer<typeof ImportScope>

export function importParts({ scope }: { readonly scope: string }): readonly ImportPart[] {
  return ImportScope.parse(JSON.parse(scope)).imports
}

export function importedTables(order: { readonly scope: string }): readonly string[] {
  return [...new Set(importParts(order).map(({ table }) => table))]
}

export function isForced({ scope }: { readonly scope: string }): boolean {
  return ImportScope.parse(JSON.parse(scope)).isForced === true
}
