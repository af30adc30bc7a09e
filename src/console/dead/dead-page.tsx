// Dead letters: what could not be delivered and why; tried again, or given up with a note.

import { useComputed, useSignal } from '@preact/signals'
import type { DeadListView } from '../../control/dead-view.ts'
import { useAsked } from '../part/asked.ts'
import { Failure } from '../part/failure.tsx'
import { count, counted } from '../part/figures.ts'
import { connectorNames, flow } from '../part/flow.ts'
import { Older, TO_NEWEST } from '../part/older.tsx'
import { askedPath, Pick } from '../part/pick.tsx'
import { place } from '../part/place.ts'
import { may } from '../part/session.ts'
import { DeadLetter } from './dead-letter.tsx'
import { DeadTable } from './dead-table.tsx'
import { DropDialog } from './drop-dialog.tsx'
import { RetryDialog } from './retry-dialog.tsx'

const SHOWN = 100
/** What is called so are all the kinds of reasons that there was no room for. */
const OTHERS = 'others'
const EVERY_MS = 6_000

export function DeadPage() {
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  const asking = useSignal<'retry' | 'drop' | null>(null)
  const path = useComputed(() => askedPath('/api/dead', ['connector', 'reason', 'before'], { limit: String(SHOWN) }))
  const { data, error, again } = useAsked<DeadListView>(path, useSignal(EVERY_MS))
  const connectors = ['', ...connectorNames.value]
  const ids = [...chosen.value].filter((id) => data?.letters.some((letter) => letter.id === id))
  const close = () => {
    asking.value = null
    chosen.value = new Set()
    again()
  }
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>Dead letters</h1>
        {may('operator') && data !== null && data.total > 0 && (
          <div class="actions">
            <button type="button" class="primary" onClick={() => (asking.value = 'retry')}>
              Retry {ids.length > 0 ? count(ids.length) : 'all of these'}
            </button>
            <button type="button" class="danger" disabled={ids.length === 0} onClick={() => (asking.value = 'drop')}>
              Drop {ids.length > 0 ? count(ids.length) : 'chosen'}
            </button>
          </div>
        )}
      </div>
      <div class="filters">
        <Pick label="Connector" name="connector" options={connectors} forgets={TO_NEWEST} />
        <Reason reasons={data?.reasons ?? []} />
      </div>
      {error !== null && !error.isSilence && <Failure error={error} again={again} />}
      {(error === null || data !== null) && <DeadTable view={data} chosen={chosen} />}
      {data !== null && <Older what="dead letters" next={data.next} all={counted(data.total, 'dead letter')} />}
      {place.value.id !== '' && <DeadLetter id={place.value.id} changed={again} />}
      {asking.value === 'retry' && <RetryDialog ids={ids} connectors={connectorsOf(data, ids)} close={close} />}
      {asking.value === 'drop' && <DropDialog ids={ids} close={close} />}
    </>
  )
}

function connectorsOf(view: DeadListView | null, ids: readonly string[]): readonly string[] {
  const picked = place.value.asked.get('connector') ?? ''
  if (ids.length === 0 && picked !== '') return [picked]
  const letters = view?.letters.filter(({ id }) => ids.length === 0 || ids.includes(id)) ?? []
  // All of these are more than those that are shown.
  if (ids.length === 0 && view !== null && view.letters.length < view.total && flow.value !== null)
    return flow.value.flows.filter(({ dead_letters: many }) => many > 0).map(({ connector }) => connector)
  return [...new Set(letters.map(({ connector }) => connector))]
}

function Reason({ reasons }: { readonly reasons: DeadListView['reasons'] }) {
  const many = new Map(reasons.map(({ reason, count: letters }) => [reason, letters]))
  const text = (reason: string) => `${reason} (${count(many.get(reason) ?? 0)})`
  const options = ['', ...many.keys()].filter((reason) => reason !== OTHERS)
  return <Pick label="Reason" name="reason" options={options} forgets={TO_NEWEST} text={text} isLong />
}
