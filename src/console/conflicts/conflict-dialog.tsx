// One conflict: both versions side by side, and a person's decision.

import { useComputed, useSignal } from '@preact/signals'
import type { ConflictDetailView } from '../../control/conflict-view.ts'
import { Ago } from '../part/ago.tsx'
import { useAsked } from '../part/asked.ts'
import { Dialog } from '../part/dialog.tsx'
import { Failure } from '../part/failure.tsx'
import { goTo, linkTo, place } from '../part/place.ts'
import { ScrollFrame } from '../part/scroll-frame.tsx'
import { may } from '../part/session.ts'
import { ShownValue } from '../part/shown-value.tsx'
import { Skeleton } from '../part/skeleton.tsx'
import { TableHead } from '../part/table-head.tsx'
import { ConflictState } from './conflict-state.tsx'
import { Decision } from './decision.tsx'

const EVERY_MS = 5_000

interface ConflictDialogProps {
  readonly id: string
  readonly changed: () => void
}

export function ConflictDialog({ id, changed }: ConflictDialogProps) {
  const path = useComputed(() => `/api/conflicts/${encodeURIComponent(id)}`)
  const { data: conflict, error, again } = useAsked<ConflictDetailView>(path, useSignal(EVERY_MS))
  const leave = () => {
    changed()
    goTo(linkTo('conflicts', '', Object.fromEntries(place.value.asked)))
  }
  return (
    <Dialog title={conflict === null ? 'Conflict' : `${conflict.table} ${conflict.row}`} close={leave} isWide>
      {conflict === null && error === null && <Skeleton lines={6} />}
      {conflict === null && error !== null && <Failure error={error} again={again} />}
      {conflict !== null && (
        <div class="form">
          <p>
            <ConflictState conflict={conflict} />
          </p>
          <p>
            Found <Ago at={conflict.found_at} />
            {conflict.policy !== null && `, under the policy ${conflict.policy}`}: {conflict.why}
          </p>
          {conflict.note !== null && conflict.note !== '' && <p class="reason">{conflict.note}</p>}
          {conflict.kind === 'claim' ? <Claim conflict={conflict} /> : <Versions conflict={conflict} />}
          {conflict.kind === 'fields' && conflict.state === 'open' && may('operator') && (
            <Decision id={conflict.id} decided={leave} />
          )}
        </div>
      )}
    </Dialog>
  )
}

function Versions({ conflict }: { readonly conflict: ConflictDetailView }) {
  return (
    <ScrollFrame label="Both versions">
      <table class="versions">
        <caption class="unseen">Both versions, field by field</caption>
        <TableHead columns={['Field', 'MySQL', 'DynamoDB', 'Before']} />
        <tbody>
          {conflict.fields.map(({ name, mysql, dynamodb, before, differs }) => (
            <tr key={name} class={differs ? 'differs' : ''}>
              <th scope="row">
                {name}
                {differs && <span class="unseen"> differs</span>}
              </th>
              <td>
                <ShownValue value={mysql} />
              </td>
              <td>
                <ShownValue value={dynamodb} />
              </td>
              <td>
                <ShownValue value={before} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollFrame>
  )
}

function Claim({ conflict }: { readonly conflict: ConflictDetailView }) {
  return (
    <dl class="facts">
      <div>
        <dt>Holder</dt>
        <dd>
          <code>{conflict.holder}</code>
        </dd>
      </div>
      <div>
        <dt>Claimant</dt>
        <dd>
          <code>{conflict.claimant}</code>
        </dd>
      </div>
    </dl>
  )
}
