// What a rollback is about: the run that is taken back, and why.

import { z } from 'zod'

const RollbackScope = z.strictObject({ run: z.string(), why: z.string() })
export type RollbackScope = z.infer<typeof RollbackScope>

export function rolledBackBy({ scope }: { readonly scope: string }): RollbackScope {
  return RollbackScope.parse(JSON.parse(scope))
}
