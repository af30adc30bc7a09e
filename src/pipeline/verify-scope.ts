// What a verification is about, as its order keeps it.

import type { Order } from '../core/run.ts'
import type { RowScope } from '../source/source.ts'

export interface VerifyScope {
  readonly scopes: readonly RowScope[]
  /** The venue it is about; null: all of them. */
  readonly venue: string | null
  /** All rows of the venue, or of all: what it finds equal is a fact about them. */
  readonly isWhole: boolean
  readonly repairs: boolean
}

export function verifyScope({ scope }: Pick<Order, 'scope'>): VerifyScope {
  return JSON.parse(scope) as VerifyScope
}
