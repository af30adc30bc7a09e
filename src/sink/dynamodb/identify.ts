// identify: one item for one person, found or made, with what follows from knowing it.

import type { Identify } from '../../core/write.ts'
import type { Outcome } from '../sink.ts'
import type { CallIo } from './call-io.ts'
import { merge } from './merge.ts'
import { type Person, PersonFinder, type PersonOptions } from './person.ts'

export interface Identified {
  readonly person: Person
  /** What happened to the item itself. */
  readonly did: Outcome['did']
}

export async function identify(io: CallIo, write: Identify, options: PersonOptions): Promise<Identified> {
  const person = await new PersonFinder(io, write, options).find()
  if (person.isNew || !write.merge) return { person, did: person.isOurs ? 'applied' : 'exists' }
  const into = { ...write, key: write.key(person.id) }
  const { did } = await merge(io, into, options.stamp)
  return { person, did }
}
