// What a guard keeps of the contests of the records that a call moved it on by, until the next call does: who has lost the
// answer, or crashed before a conflict was on record, is told of it again.

import { fieldsFromJson, fieldsToJson } from '../../core/field-json.ts'
import type { Fields } from '../../core/value.ts'
import type { Merge } from '../../core/write.ts'
import type { Contest } from '../sink.ts'
import type { Stamp } from '../stamp.ts'

/** The write itself says the rest. */
interface Verdict extends Pick<Contest, 'group' | 'wins' | 'why'> {
  readonly held: string
}

interface Memory {
  readonly mark: string
  readonly verdicts: readonly Verdict[]
}

/** `kept` is what it keeps of other records of the same call, which come again together. */
export function memoryOf(kept: string | null, contests: readonly Contest[], { mark }: Stamp): string | null {
  if (contests.length === 0) return kept
  const verdicts = contests.map(({ group, wins, why, held }) => ({ group, wins, why, held: fieldsToJson(held) }))
  return JSON.stringify([...memories(kept), { mark, verdicts } satisfies Memory])
}

/** None where it was other records that moved the guard on. */
export function remembered(kept: string | null, write: Merge, { mark }: Stamp): readonly Contest[] {
  if (kept === null) return []
  const { table, key, contested = [] } = write
  const verdicts = memories(kept).find((memory) => memory.mark === mark)?.verdicts ?? []
  return verdicts.flatMap(({ group, wins, why, held }): Contest[] => {
    const one = contested.find((each) => each.group === group)
    if (one === undefined) return []
    const versions = { incoming: pick(write.fields, one.fields), held: fieldsFromJson(held), before: one.before }
    return [{ table, key, row: one.row, group, policy: one.policy, wins, why, ...versions }]
  })
}

function memories(kept: string | null): readonly Memory[] {
  return kept === null ? [] : (JSON.parse(kept) as Memory[])
}

export function pick(from: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, from[name] ?? null]))
}
