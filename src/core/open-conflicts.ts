// Conflicts that wait for a person, in words: each once, whichever connectors have found it, and by whom.

import { counted } from './counted.ts'

export function openConflicts(count: number, found: readonly { connector: string; open_conflicts: number }[]): string {
  const names = found.filter(({ open_conflicts }) => open_conflicts > 0).map(({ connector }) => connector)
  const by = names.length === 0 ? '' : `, found by ${names.join(' and ')}`
  return `${counted(count, 'open conflict')}${by}`
}
