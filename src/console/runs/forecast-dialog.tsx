// Asks before something is written: says first what that reads and writes.

import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import type { RunView } from '../../control/run-view.ts'
import { useAttempt } from '../part/attempt.ts'
import { BusyButton } from '../part/busy-button.tsx'
import { Dialog } from '../part/dialog.tsx'
import { Failure } from '../part/failure.tsx'
import { Skeleton } from '../part/skeleton.tsx'
import { type Forecast, ForecastFacts } from './forecast-facts.tsx'

interface ForecastDialogProps {
  readonly title: string
  /** What the buttons say: the one that does it, and the one that does not. */
  readonly says: { readonly start: string; readonly leave: string }
  readonly close: () => void
  /** A dry one answers with a forecast for each run that there would be. */
  readonly order: <Answer extends Forecast | RunView>(isDry: boolean) => Promise<readonly Answer[]>
  readonly ordered: (runs: readonly RunView[]) => void
  readonly children?: ComponentChildren
}

export function ForecastDialog({ title, says, close, order, ordered, children }: ForecastDialogProps) {
  const foreseen = useSignal<readonly Forecast[] | null>(null)
  const { fault, attempt } = useAttempt()
  useEffect(() => {
    void attempt(() => order<Forecast>(true)).then((answers) => {
      foreseen.value = answers
    })
  }, [])
  const start = async () => {
    const runs = await attempt(() => order<RunView>(false))
    if (runs !== null) ordered(runs)
  }
  return (
    <Dialog title={title} close={close}>
      <div class="form">
        {children}
        <div class="told" aria-live="polite">
          {foreseen.value === null && fault.value === null && <Skeleton lines={3} />}
          {foreseen.value?.map((forecast, at) => (
            <ForecastFacts key={at} forecast={forecast} />
          ))}
        </div>
        {fault.value !== null && <Failure error={fault.value} />}
        <div class="dialog-actions">
          <button type="button" onClick={close}>
            {says.leave}
          </button>
          <BusyButton kind="primary" isDisabled={foreseen.value === null} act={start}>
            {says.start}
          </BusyButton>
        </div>
      </div>
    </Dialog>
  )
}
