// Gaps in what was captured, and their repair.

import { useComputed, useSignal } from '@preact/signals'
import type { GapView } from '../../control/gap-view.ts'
import type { RunView } from '../../control/run-view.ts'
import { Ago } from '../part/ago.tsx'
import { send } from '../part/api.ts'
import { useAsked } from '../part/asked.ts'
import { Badge } from '../part/badge.tsx'
import { BusyButton } from '../part/busy-button.tsx'
import { Failure } from '../part/failure.tsx'
import { goTo, linkTo } from '../part/place.ts'
import { may } from '../part/session.ts'
import { tell, tellFault } from '../part/toast-list.ts'

const EVERY_MS = 10_000

export function Gaps() {
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
          <thead>
            <tr>
              <th scope="col">Tables</th>
              <th scope="col">Missing</th>
              <th scope="col">Connectors</th>
            </tr>
          </thead>
          <tbody>
            {data.map((gap) => (
              <Row key={gap.id} gap={gap} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Row({ gap }: { readonly gap: GapView }) {
  return (
    <tr>
      <th scope="row">
        {gap.tables.join(', ')}
        <span class="route">of {gap.source}</span>
      </th>
      <td>
        <Ago at={gap.from} never="any time before" /> to <Ago at={gap.to} />
        <span class="route">{gap.reason}</span>
      </td>
      <td>
        {gap.connectors.map(({ connector, state, run }) => (
          <p key={connector} class="standing">
            {connector} <Badge tone={state === 'open' ? 'bad' : 'good'}>{state}</Badge>
            {run !== null && <a href={linkTo('runs', run)}>its run</a>}
            {state === 'open' && may('operator') && (
              <BusyButton act={() => repair(connector, gap.id)} label={`Repair for ${connector}`}>
                Repair
              </BusyButton>
            )}
          </p>
        ))}
      </td>
    </tr>
  )
}

async function repair(connector: string, gap: string): Promise<void> {
  try {
    const run = await send<RunView>('POST', '/api/gaps/repair', { connector, gap })
    tell('The repair is ordered')
    goTo(linkTo('runs', run.id))
  } catch (error) {
    tellFault('The gap could not be repaired', error)
  }
}
