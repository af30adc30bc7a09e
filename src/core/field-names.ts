// The fields that a write sets; what follows from it is not counted in.

import type { Write } from './write.ts'

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
