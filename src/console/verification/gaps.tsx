// Gaps in what was captured, and their repair.

import { useComputed, useSignal } from '@preact/signals'
import type { GapView } from '../../control/gap-view.ts'
import { Ago } from '../part/ago.tsx'
import { useAsked } from '../part/asked.ts'
import { Badge } from '../part/badge.tsx'
import { Cell } from '../part/cell.tsx'
import { Failure } from '../part/failure.tsx'
import { linkTo } from '../part/place.ts'
import { may } from '../part/session.ts'
import { TableHead } from '../part/table-head.tsx'
import { RepairDialog, type RepairOf } from './repair-dialog.tsx'

const EVERY_MS = 10_000

export function Gaps() {
  const repairing = useSignal<RepairOf | null>(null)
  const { data, error, again } = useAsked<readonly GapView[]>(
    useComputed(() => '/api/gaps'),
    useSignal(EVERY_MS),
  )
  if (data === null && error !== null && !error.isSilence) return <Failure error={error} again={again} />
  if (data === null || data.length === 0) return null
  return (
    <section class="block" aria-labelledby="gaps">
      <h2 id="gaps">Gaps</h2>
      <div class="table-frame">
        <table class="stacked">
          <caption class="unseen">Gaps</caption>
          <TableHead columns={['Tables', 'Missing', 'Connectors']} />
          <tbody>
            {data.map((gap) => (
              <Row key={gap.id} gap={gap} repair={(what) => (repairing.value = what)} />
            ))}
          </tbody>
        </table>
      </div>
      {repairing.value !== null && <RepairDialog of={repairing.value} close={() => (repairing.value = null)} />}
    </section>
  )
}

interface RowProps {
  readonly gap: GapView
  readonly repair: (what: RepairOf) => void
}

function Row({ gap, repair }: RowProps) {
  return (
    <tr>
      <th scope="row">
        {gap.tables.join(', ')}
        <span class="route">of {gap.source}</span>
      </th>
      <Cell of="Missing" kind="words">
        {gap.from === null ? 'all up to' : <Ago at={gap.from} />} {gap.from !== null && 'to'} <Ago at={gap.to} />
        <span class="route">{gap.reason}</span>
      </Cell>
      <Cell of="Connectors">
        {gap.connectors.map(({ connector, state, run }) => (
          <p key={connector} class="standing">
            {connector} <Badge tone={state === 'open' ? 'bad' : 'good'}>{state}</Badge>
            {run !== null && <a href={linkTo('runs', run)}>its run</a>}
            {state === 'open' && may('operator') && (
              <button type="button" aria-label={`Repair for ${connector}`} onClick={() => repair({ connector, gap })}>
                Repair
              </button>
            )}
          </p>
        ))}
      </Cell>
    </tr>
  )
}
