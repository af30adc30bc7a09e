// What an incident is called: by the worst of it, and how much more there is.

import { capital } from '../../core/capital.ts'
import { counted } from '../../core/counted.ts'
import type { Incident, Suffered } from '../../core/incident.ts'

export function headline({ group }: Incident, among: readonly Suffered[]): string {
  const [worst] = [...among].toSorted(bySeverity)
  const others = among.length - 1
  return `${capital(worst?.symptom.what ?? group)}${others > 0 ? ` and ${counted(others, 'more thing')}` : ''}`
}

function bySeverity(one: Suffered, other: Suffered): number {
  return Number(other.symptom.severity === 'critical') - Number(one.symptom.severity === 'critical')
}
