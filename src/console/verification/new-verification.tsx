// Orders a verification: it reads both sides; only with repair it writes, and then only what differs.

import { useSignal } from '@preact/signals'
import type { RunView } from '../../control/run-view.ts'
import { send } from '../part/api.ts'
import { useAttempt } from '../part/attempt.ts'
import { BusyButton } from '../part/busy-button.tsx'
import { Dialog } from '../part/dialog.tsx'
import { Failure } from '../part/failure.tsx'
import { Field } from '../part/field.tsx'
import { connectorNames } from '../part/flow.ts'
import { Form } from '../part/form.tsx'
import { goTo, linkTo } from '../part/place.ts'
import { tell } from '../part/toast-list.ts'

export function NewVerification({ close }: { readonly close: () => void }) {
  const connectors = connectorNames.value
  const connector = useSignal(connectors[0] ?? '')
  const venue = useSignal('')
  const table = useSignal('')
  const repairs = useSignal(false)
  const { fault, attempt } = useAttempt()
  const start = async () => {
    const scope = {
      ...(venue.value.trim() !== '' && { venue: venue.value.trim() }),
      ...(table.value.trim() !== '' && { table: table.value.trim() }),
    }
    const body = { connector: connector.value, scope, repair: repairs.value }
    const run = await attempt(() => send<RunView>('POST', '/api/verify', body))
    if (run === null) return
    tell('The verification is ordered')
    close()
    goTo(linkTo('verification', run.id))
  }
  return (
    <Dialog title="Verify both sides" close={close}>
      <Form>
        <Field
          label="Connector"
          value={connector.value}
          change={(value) => (connector.value = value)}
          options={connectors}
        />
        <Field label="Venue" value={venue.value} change={(value) => (venue.value = value)} hint="Empty: all of them" />
        <Field label="Table" value={table.value} change={(value) => (table.value = value)} hint="Empty: all of them" />
        <label class="check">
          <input
            type="checkbox"
            checked={repairs.value}
            onChange={({ currentTarget }) => (repairs.value = currentTarget.checked)}
          />
          Repair what differs
        </label>
        <p class="quiet">
          {repairs.value
            ? 'What differs is sent again by guarded writes. What the application owns stays as it is.'
            : 'Nothing is written.'}
        </p>
        {fault.value !== null && <Failure error={fault.value} />}
        <div class="dialog-actions">
          <button type="button" onClick={close}>
            Close
          </button>
          <BusyButton kind="primary" submits act={start}>
            {repairs.value ? 'Verify and repair' : 'Verify'}
          </BusyButton>
        </div>
      </Form>
    </Dialog>
  )
}
