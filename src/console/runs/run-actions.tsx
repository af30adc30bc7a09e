// What can be done with a run, in its state and by whoever looks: pause, resume, limit, cancel, take back.

import { useSignal } from '@preact/signals'
import type { RunView } from '../../control/run-view.ts'
import { send } from '../part/api.ts'
import { BusyButton } from '../part/busy-button.tsx'
import { Dialog } from '../part/dialog.tsx'
import { may } from '../part/session.ts'
import { tell, tellFault } from '../part/toast-list.ts'
import { LimitsDialog } from './limits-dialog.tsx'
import { RollbackDialog } from './rollback-dialog.tsx'
import { isActive } from './run-state.tsx'

interface RunActionsProps {
  readonly run: RunView
  readonly again: () => void
}

export function RunActions({ run, again }: RunActionsProps) {
  const asking = useSignal<'cancel' | 'limits' | 'rollback' | null>(null)
  const close = () => {
    asking.value = null
  }
  const change = async (what: string, act: () => Promise<unknown>) => {
    try {
      await act()
      tell(`The ${run.kind} ${what}`)
      again()
    } catch (error) {
      tellFault(`The ${run.kind} could not be changed`, error)
    }
  }
  const path = `/api/runs/${run.id}`
  const isOver = run.state === 'done' || run.state === 'cancelled'
  const canRollback = run.kind === 'import' && !isActive(run.state) && may('admin')
  return (
    <div class="actions">
      {isActive(run.state) && (
        <BusyButton act={() => change('is paused', () => send('PATCH', path, { state: 'paused' }))}>Pause</BusyButton>
      )}
      {(run.state === 'paused' || run.state === 'failed') && (
        <BusyButton kind="primary" act={() => change('goes on', () => send('PATCH', path, { state: 'running' }))}>
          Resume
        </BusyButton>
      )}
      {!isOver && (
        <button type="button" onClick={() => (asking.value = 'limits')}>
          Limits
        </button>
      )}
      {!isOver && (
        <button type="button" class="danger" onClick={() => (asking.value = 'cancel')}>
          Cancel run
        </button>
      )}
      {canRollback && (
        <button type="button" class="danger" onClick={() => (asking.value = 'rollback')}>
          Take back
        </button>
      )}
      {asking.value === 'limits' && <LimitsDialog run={run} close={close} again={again} />}
      {asking.value === 'rollback' && <RollbackDialog run={run} close={close} />}
      {asking.value === 'cancel' && (
        <Dialog title={`Cancel the ${run.kind}?`} close={close}>
          <p>What it has done stays. It cannot be resumed.</p>
          <div class="dialog-actions">
            <button type="button" onClick={close}>
              Let it run
            </button>
            <BusyButton
              kind="danger"
              act={async () => {
                await change('is cancelled', () => send('DELETE', path))
                close()
              }}
            >
              Cancel run
            </BusyButton>
          </div>
        </Dialog>
      )}
    </div>
  )
}
