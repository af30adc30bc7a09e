// Repairs a gap: says first what that reads and writes.

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { GapView } from '../../control/gap-view.ts'
import type { RunView } from '../../control/run-view.ts'
import { send } from '../part/api.ts'
import { useAttempt } from '../part/attempt.ts'
import { BusyButton } from '../part/busy-button.tsx'
import { Dialog } from '../part/dialog.tsx'
import { Failure } from '../part/failure.tsx'
import { goTo, linkTo } from '../part/place.ts'
import { Skeleton } from '../part/skeleton.tsx'
import { tell } from '../part/toast-list.ts'
import { type Forecast, ForecastFacts } from '../runs/forecast-facts.tsx'

export interface RepairOf {
  readonly connector: string
  readonly gap: GapView
}

interface RepairDialogProps {
  readonly of: RepairOf
  readonly close: () => void
}

export function RepairDialog({ of: { connector, gap }, close }: RepairDialogProps) {
  const foreseen = useSignal<Forecast | null>(null)
  const { fault, attempt } = useAttempt()
  const order = <Answer,>(isDry: boolean) =>
    attempt(() => send<Answer>('POST', '/api/gaps/repair', { connector, gap: gap.id, dry_run: isDry }))
  useEffect(() => {
    void order<Forecast>(true).then((answer) => {
      foreseen.value = answer
    })
  }, [])
  const start = async () => {
    const run = await order<RunView>(false)
    if (run === null) return
    tell('The repair is ordered')
    close()
    goTo(linkTo('runs', run.id))
  }
  return (
    <Dialog title={`Repair the gap for ${connector}?`} close={close}>
      <div class="form">
        <p>
          What may have changed in {gap.tables.join(', ')} meanwhile is read again, and what {connector} is missing of
          it is written. Newer changes stay.
        </p>
        <div aria-live="polite">
          {foreseen.value === null && fault.value === null && <Skeleton lines={3} />}
          {foreseen.value !== null && <ForecastFacts forecast={foreseen.value} />}
        </div>
        {fault.value !== null && <Failure error={fault.value} />}
        <div class="dialog-actions">
          <button type="button" onClick={close}>
            Leave it
          </button>
          <BusyButton kind="primary" isDisabled={foreseen.value === null} act={start}>
            Repair
          </BusyButton>
        </div>
      </div>
    </Dialog>
  )
}
