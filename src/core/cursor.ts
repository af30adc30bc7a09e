// A cursor says how far one reader has come in one partition. `topicId` names the topic's incarnation: a topic that
// was deleted and made again counts its offsets anew, so a cursor of the old one must never be taken for the new one.

export interface Cursor {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  /** The next offset to read; for a single record, its own offset. */
  readonly offset: number
}

/** The part of a cursor that stays the same while the reader moves on. */
export function cursorScope(cursor: Cursor): string {
  return `${cursor.topicId}:${cursor.partition}`
}

export function formatCursor(cursor: Cursor): string {
  return `${cursorScope(cursor)}:${cursor.offset}`
}
