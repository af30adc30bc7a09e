// Two existing items lay claim to the same thing. Neither is touched: a person decides.

export interface Conflict {
  readonly connector: string
  readonly table: string
  readonly within: string
  readonly claim: string
  readonly holder: string
  readonly claimant: string
  /** The record that showed it, as text. */
  readonly cursor: string
  readonly foundAtMs: number
}

/** Its key in the topic of conflicts: the same clash found again is the same conflict. */
export function conflictKey(conflict: Conflict): string {
  return [conflict.table, conflict.within, conflict.claim, conflict.claimant].join(' ')
}
