// Positions of items: sequence numbers of their stream, which grow for each item, from a shard to its children too.

import { type Position, position } from '../../core/position.ts'

/** Sequence numbers have 40 decimal digits at most. */
const DIGITS = 34

/** Null: older than every change of the epoch, for nothing says how a copied item stands to what its shard holds. */
export function itemPosition(epoch: number, sequence: string | null): Position {
  return position(epoch, [{ value: BigInt(sequence ?? 0), digits: DIGITS }])
}
