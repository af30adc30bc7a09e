// Gives dead letters up, and asks why.

import { useSignal } from '@preact/signals'
import { send } from '../part/api.ts'
import { useAttempt } from '../part/attempt.ts'
import { BusyButton } from '../part/busy-button.tsx'
import { Dialog } from '../part/dialog.tsx'
import { Failure } from '../part/failure.tsx'
import { Field } from '../part/field.tsx'
import { counted } from '../part/figures.ts'
import { Form } from '../part/form.tsx'
import { tell } from '../part/toast-list.ts'

interface DropDialogProps {
  readonly ids: readonly string[]
  readonly close: () => void
}

export function DropDialog({ ids, close }: DropDialogProps) {
  const note = useSignal('')
  const { fault, attempt } = useAttempt()
  const drop = async () => {
    const answer = await attempt(() => send<object>('POST', '/api/dead/drop', { ids, note: note.value }))
    if (answer === null) return
    tell(`${counted(ids.length, 'dead letter')} dropped`)
    close()
  }
  return (
    <Dialog title={`Drop ${counted(ids.length, 'dead letter')}?`} close={close}>
      <Form>
        <p>What changed there will not reach the target. Later changes of the same rows go on.</p>
        <Field
          label="Note"
          value={note.value}
          change={(value) => (note.value = value)}
          hint="Why they are given up; stays on record"
          isRequired
        />
        {fault.value !== null && <Failure error={fault.value} />}
        <div class="dialog-actions">
          <button type="button" onClick={close}>
            Keep them
          </button>
          <BusyButton kind="danger" submits isDisabled={note.value.trim() === ''} act={drop}>
            Drop
          </BusyButton>
        </div>
      </Form>
    </Dialog>
  )
}
