// What a request to take an import back may hold.

import { z } from 'zod'

export const RollbackBody = z.strictObject({
  /** For whoever reads the record later. */
  reason: z.string().trim().min(1, 'say why').max(1_000),
  dry_run: z.boolean().default(false),
})
