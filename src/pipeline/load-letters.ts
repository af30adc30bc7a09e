// Reads dead letters where an index says that they are.

import type { DeadLetter } from '../core/dead-letter.ts'
import { deadTopic } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log } from '../log/log.ts'
import type { DeadEntry, DeadIndex } from './dead-index.ts'

export interface LoadLettersOptions {
  readonly log: Pick<Log, 'ends' | 'range'>
  readonly records: RecordCodec
  readonly index: DeadIndex
}

export interface Loaded {
  readonly lane: string
  readonly letter: DeadLetter
}

/** Of one partition of one topic, in the order of their records; without those that the index has no longer. */
export async function loadLetters(
  { log, records, index }: LoadLettersOptions,
  entries: readonly DeadEntry[],
  signal: AbortSignal,
): Promise<readonly Loaded[]> {
  const wanted = new Map(entries.flatMap(({ id }) => index.get(id) ?? []).map((entry) => [entry.offset, entry]))
  const [first] = wanted.values()
  if (first === undefined) return []
  const offsets = [...wanted.keys()]
  const end = (await log.ends(deadTopic(first.cursor.topic))).find(({ partition }) => partition === first.partition)
  if (end === undefined) return []
  const [from, to] = [Math.min(...offsets), Math.max(...offsets) + 1].map((offset) => ({ ...end, offset }))
  const loaded: Loaded[] = []
  for await (const batch of log.range(from ?? end, to ?? end, signal)) {
    for (const { offset, value } of batch) {
      const entry = wanted.get(offset)
      if (entry === undefined || value === null) continue
      loaded.push({ lane: entry.lane, letter: await records.unpack('deadLetter', value) })
    }
  }
  return loaded.toSorted((one, other) => one.letter.cursor.offset - other.letter.cursor.offset)
}
