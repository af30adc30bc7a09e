// Why the target likely differs from a row: what a person would look into first.

import type { RowDifference } from '../core/difference.ts'
import type { Gap } from '../core/gap.ts'
import type { Position } from '../core/position.ts'

export interface Circumstances {
  readonly sourceTable: string
  /** Why the connector can make nothing of the row. */
  readonly reason: string | null
  /** The dead letter that a change of the row waits as, if any. */
  readonly behind: string | null
  /** Everything up to the row as it was read has been delivered. */
  readonly isDelivered: boolean
  readonly is: RowDifference['is']
  /** The version that the item holds. */
  readonly position: Position | null
  readonly gaps: readonly Gap[]
}

export function likelyCause(about: Circumstances): string {
  const { reason, behind, isDelivered, is, position } = about
  if (reason !== null) return `it cannot be delivered: ${reason}`
  if (behind !== null) return `a change of it waits as a dead letter, ${behind}`
  if (!isDelivered) return 'the flow is behind: its changes may not be delivered yet'
  const gap = gapOf(about)
  if (gap !== null) return `it may have changed in the gap up to ${new Date(gap.toMs).toISOString()}: ${gap.reason}`
  if (is === 'left over') return 'its row was deleted while nobody captured it'
  if (is === 'missing') return 'no change of it was ever delivered, or somebody deleted the item'
  if (position === null) return 'somebody else made the item'
  return "somebody else wrote into the connector's fields"
}

/** The last stretch of lost history that concerns the table and that the item knows nothing of. */
function gapOf({ sourceTable, position, gaps }: Circumstances): Gap | null {
  return (
    gaps.findLast(({ tables, toPosition }) => {
      return tables.includes(sourceTable) && (position === null || position < toPosition)
    }) ?? null
  )
}
