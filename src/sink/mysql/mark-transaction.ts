// The first statement of every transaction: the readers' cursors, by which capture knows the transaction as ours. Whoever
// applies records of the same partition at the same time waits here.

import { CURSORS_TABLE } from '../../core/cursors-table.ts'
import type { PlacedWrite } from '../sink.ts'
import { textLiteral } from './literal.ts'
import type { Session } from './session.ts'

export function markTransaction(session: Session, writes: readonly PlacedWrite[]): void {
  const next = new Map<string, number>()
  let last: PlacedWrite | null = null
  let place = ''
  for (const write of writes) {
    if (last === null || !isSamePlace(write, last)) place = placeText(write)
    last = write
    next.set(place, Math.max(next.get(place) ?? 0, write.cursor.offset + 1))
  }
  const rows = [...next]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([place, offset]) => `(${place},${offset},1)`)
  session.ahead(
    `INSERT INTO ${CURSORS_TABLE} (reader, topic_id, partition_number, next_offset, calls) VALUES ${rows}
      ON DUPLICATE KEY UPDATE next_offset = GREATEST(next_offset, VALUES(next_offset)), calls = calls + 1`,
  )
}

/** Most writes of a call come from where the one before came from. */
function isSamePlace(one: PlacedWrite, other: PlacedWrite): boolean {
  const { topicId, partition } = one.cursor
  return one.reader === other.reader && topicId === other.cursor.topicId && partition === other.cursor.partition
}

function placeText({ reader, cursor }: PlacedWrite): string {
  return [textLiteral(reader), textLiteral(cursor.topicId), cursor.partition].join()
}
