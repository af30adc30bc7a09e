// One dead letter: its row before and after, and why it could not be delivered.

import { useComputed, useSignal } from '@preact/signals'
import type { DeadLetterView } from '../../control/dead-view.ts'
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
import { DropDialog } from './drop-dialog.tsx'
import { RetryDialog } from './retry-dialog.tsx'

const EVERY_MS = 30_000

interface DeadLetterProps {
  readonly id: string
  readonly changed: () => void
}

export function DeadLetter({ id, changed }: DeadLetterProps) {
  const asking = useSignal<'retry' | 'drop' | null>(null)
  const path = useComputed(() => `/api/dead/${encodeURIComponent(id)}`)
  const { data: letter, error, again } = useAsked<DeadLetterView>(path, useSignal(EVERY_MS))
  const leave = () => {
    changed()
    goTo(linkTo('dead', '', Object.fromEntries(place.value.asked)))
  }
  if (asking.value === 'retry' && letter !== null)
    return <RetryDialog ids={[id]} connectors={[letter.connector]} close={leave} />
  if (asking.value === 'drop') return <DropDialog ids={[id]} close={leave} />
  return (
    <Dialog title="Dead letter" close={leave} isWide>
      {letter === null && error === null && <Skeleton lines={6} />}
      {letter === null && error !== null && <Failure error={error} again={again} />}
      {letter !== null && (
        <div class="form">
          <p class="reason">{letter.reason}</p>
          <p class="quiet">
            {letter.op ?? 'A record'} of {letter.table ?? letter.topic}, for {letter.connector}; changed{' '}
            <Ago at={letter.changed_at} />, tried {letter.attempts} {letter.attempts === 1 ? 'time' : 'times'}.
          </p>
          <Rows letter={letter} />
          <p class="quiet">
            <code>{letter.id}</code>
          </p>
          {may('operator') && (
            <div class="dialog-actions">
              <button type="button" class="danger" onClick={() => (asking.value = 'drop')}>
                Drop
              </button>
              <button type="button" class="primary" onClick={() => (asking.value = 'retry')}>
                Retry
              </button>
            </div>
          )}
        </div>
      )}
    </Dialog>
  )
}

function Rows({ letter: { key, before, after } }: { readonly letter: DeadLetterView }) {
  const names = [...new Set([key, before, after].flatMap((row) => Object.keys(row ?? {})))]
  if (names.length === 0) return <p>The record cannot be read.</p>
  return (
    <ScrollFrame label="The row">
      <table>
        <caption class="unseen">The row, column by column</caption>
        <TableHead columns={['Column', ...(before === null ? [] : ['Before']), 'After']} />
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {before !== null && (
                <td>
                  <ShownValue value={before[name]} />
                </td>
              )}
              <td>
                <ShownValue value={after?.[name] ?? (after === null ? null : key?.[name])} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollFrame>
  )
}
