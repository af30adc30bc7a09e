// How a conflict stands: it waits for a person, or one of the versions counts.

import type { ConflictView } from '../../control/conflict-view.ts'
import { Badge } from '../part/badge.tsx'

const SIDES: Readonly<Record<string, string>> = { mysql: 'MySQL', dynamodb: 'DynamoDB' }

export function ConflictState({ conflict: { state, verdict, decided_by: by } }: { readonly conflict: ConflictView }) {
  if (state === 'open') return <Badge tone="warn">open</Badge>
  const winner = verdict === null ? state : (SIDES[verdict] ?? verdict)
  return (
    <>
      <Badge tone={state === 'decided' ? 'good' : 'calm'}>{state === 'decided' ? `${winner} counts` : state}</Badge>
      {by !== null && <span class="route">by {by}</span>}
    </>
  )
}
