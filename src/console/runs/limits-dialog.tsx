// How fast a run may go; counts at once, also while it is at work.

import { useSignal } from '@preact/signals'
import type { RunView } from '../../control/run-view.ts'
import { send } from '../part/api.ts'
import { useAttempt } from '../part/attempt.ts'
import { Dialog } from '../part/dialog.tsx'
import { Failure } from '../part/failure.tsx'
import { tell } from '../part/toast-list.ts'
import { areLimits, LimitFields, type LimitsTyped, limitsIn, typedOf } from './limit-fields.tsx'

interface LimitsDialogProps {
  readonly run: RunView
  readonly close: () => void
  readonly again: () => void
}

export function LimitsDialog({ run, close, again }: LimitsDialogProps) {
  const typed = useSignal<LimitsTyped>(typedOf(run.limits))
  const { fault, attempt } = useAttempt()
  const save = async (event: Event) => {
    event.preventDefault()
    const path = `/api/runs/${run.id}`
    const answer = await attempt(() => send<RunView>('PATCH', path, { limits: limitsIn(typed.value) }))
    if (answer === null) return
    tell('The limits hold from now on')
    again()
    close()
  }
  return (
    <Dialog title="Limits" close={close}>
      <form class="form" onSubmit={(event) => void save(event)}>
        <LimitFields typed={typed} />
        {fault.value !== null && <Failure error={fault.value} />}
        <div class="dialog-actions">
          <button type="button" onClick={close}>
            Leave them
          </button>
          <button type="submit" class="primary" disabled={!areLimits(typed.value)}>
            Set
          </button>
        </div>
      </form>
    </Dialog>
  )
}
