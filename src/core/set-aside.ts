// Why a row of an import was set aside, in words for people, and what they do about it. The reason of each row may quote what
// it holds, and stays where the row is.

import { counted } from './counted.ts'

const SET_ASIDE = {
  validation: {
    why: 'a field is missing, or is not what it has to be',
    mend: 'mend these rows where they come from, and import them again',
  },
  constraint: {
    why: 'the table refused them',
    mend: 'bring first what they name, then retry them as dead letters',
  },
  duplicate: {
    why: 'another row of the same import has the same key',
    mend: 'leave one of each where they come from, and import it again',
  },
  kept: {
    why: 'somebody has changed them since the import that is taken back, so they were kept',
    mend: 'look at them, and take back by hand what is to go',
  },
} as const

export type SetAsideCategory = keyof typeof SET_ASIDE

export const CATEGORIES = Object.keys(SET_ASIDE) as readonly SetAsideCategory[]

export type SetAside = ReadonlyMap<SetAsideCategory, number>

/** What it is called among the writes of a run's tally. */
export function setAsideWrite(category: SetAsideCategory): string {
  return `set aside ${category}`
}

/** How many rows of each category a run has set aside; none where there are none. */
export function setAsideOf(writes: Readonly<Record<string, number>>): SetAside {
  const counts = CATEGORIES.map((category) => [category, writes[setAsideWrite(category)] ?? 0] as const)
  return new Map(counts.filter(([, count]) => count > 0))
}

/** As clauses of a sentence. */
export function setAsideWhy(rows: SetAside): readonly string[] {
  return [...rows].map(([category, count]) => `${counted(count, 'row')} by ${category}: ${SET_ASIDE[category].why}`)
}

export function setAsideMend(rows: SetAside): readonly string[] {
  return [...rows.keys()].map((category) => `of ${category}: ${SET_ASIDE[category].mend}`)
}
