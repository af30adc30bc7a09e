// Tries dead letters again: says first what would become of them.

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { RunView } from '../../control/run-view.ts'
import { send } from '../part/api.ts'
import { useAttempt } from '../part/attempt.ts'
import { BusyButton } from '../part/busy-button.tsx'
import { Dialog } from '../part/dialog.tsx'
import { Failure } from '../part/failure.tsx'
import { place } from '../part/place.ts'
import { Skeleton } from '../part/skeleton.tsx'
import { tell } from '../part/toast-list.ts'
import { type Forecast, ForecastFacts } from '../runs/forecast-facts.tsx'

interface RetryDialogProps {
  /** None: all that the page's filter leaves. */
  readonly ids: readonly string[]
  readonly connectors: readonly string[]
  readonly close: () => void
}

export function RetryDialog({ ids, connectors, close }: RetryDialogProps) {
  const foreseen = useSignal<readonly Forecast[] | null>(null)
  const { fault, attempt } = useAttempt()
  const reason = place.value.asked.get('reason') ?? ''
  const bodies = connectors.map((connector) => {
    const own = ids.filter((id) => id.startsWith(`${connector}:`))
    return { connector, ...(own.length > 0 ? { ids: own } : reason === '' ? {} : { reason }) }
  })
  const order = <Answer,>(isDry: boolean) =>
    attempt(() =>
      Promise.all(bodies.map((body) => send<Answer>('POST', '/api/dead/retry', { ...body, dry_run: isDry }))),
    )
  useEffect(() => {
    void order<Forecast>(true).then((answers) => {
      foreseen.value = answers
    })
  }, [])
  const start = async () => {
    if ((await order<RunView>(false)) === null) return
    tell('They are tried again; what is refused once more comes back')
    close()
  }
  return (
    <Dialog title="Retry dead letters?" close={close}>
      <div class="form">
        <div class="told" aria-live="polite">
          {foreseen.value === null && fault.value === null && <Skeleton lines={3} />}
          {foreseen.value?.map((forecast, at) => (
            <ForecastFacts key={bodies[at]?.connector} forecast={forecast} />
          ))}
        </div>
        {fault.value !== null && <Failure error={fault.value} />}
        <div class="dialog-actions">
          <button type="button" onClick={close}>
            Leave them
          </button>
          <BusyButton kind="primary" isDisabled={foreseen.value === null} act={start}>
            Retry
          </BusyButton>
        </div>
      </div>
    </Dialog>
  )
}
