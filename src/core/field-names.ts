// The fields that a write sets; what follows from it is not counted in.

import type { Write } from './write.ts'

/** The first one that is wanted; of a merge, as most writes are, without a list of them. */
export function findField(write: Write, isWanted: (name: string) => boolean): string | undefined {
  if (write.do !== 'merge') return fieldNames(write).find(isWanted)
  for (const name in write.fields) if (isWanted(name)) return name
  return undefined
}

export function fieldNames(write: Write): readonly string[] {
  switch (write.do) {
    case 'create':
    case 'merge':
      return Object.keys(write.fields)
    case 'remove':
      return write.fields
    case 'identify':
      return [...Object.keys(write.fields), ...Object.keys(write.onCreate ?? {})]
    case 'count':
      return [write.add, write.ratios ?? {}, write.greatest ?? {}].flatMap(Object.keys)
  }
}
