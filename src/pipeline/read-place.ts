// Where a run resumes, read from the bookmark that an earlier attempt of it left.

import type { z } from 'zod'
import { MillraceError } from '../core/errors.ts'

/** `kind` names the run to whoever has to do with a bookmark of something else. */
export function readPlace<Place>(schema: z.ZodType<Place>, bookmark: string, kind: string): Place {
  const parsed = schema.safeParse(JSON.parse(bookmark))
  if (parsed.success) return parsed.data
  throw new MillraceError('BOOKMARK_UNREADABLE', `"${bookmark}" is no place in a ${kind}`)
}
