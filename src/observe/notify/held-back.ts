// What people did not hear of for there was too much to tell, as a note below the next message.

import { counted } from '../../core/counted.ts'

const NAMED_MAX = 5

/** Of their subjects. */
export function heldBackNotes(heldBack: readonly string[]): readonly string[] {
  if (heldBack.length === 0) return []
  const named = heldBack.slice(0, NAMED_MAX).map((subject) => subject.replace('[millrace] ', ''))
  const more = heldBack.length - named.length
  const rest = more > 0 ? `, and ${counted(more, 'more')}` : ''
  return [`Held back before this, for there was too much to tell: ${named.join('; ')}${rest}.`]
}
