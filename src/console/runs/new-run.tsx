// Starts a backfill or a replay: what it would do is shown first, and only what was shown can be started.

import { useComputed, useSignal } from '@preact/signals'
import type { ConnectorView } from '../../control/connector-view.ts'
import type { RunView } from '../../control/run-view.ts'
import { send } from '../part/api.ts'
import { useAsked } from '../part/asked.ts'
import { useAttempt } from '../part/attempt.ts'
import { BusyButton } from '../part/busy-button.tsx'
import { Dialog } from '../part/dialog.tsx'
import { Failure } from '../part/failure.tsx'
import { Form } from '../part/form.tsx'
import { goTo, linkTo } from '../part/place.ts'
import { tell } from '../part/toast-list.ts'
import { type Forecast, ForecastFacts } from './forecast-facts.tsx'
import { areLimits, LimitFields, type LimitsTyped, limitsIn, NO_LIMITS } from './limit-fields.tsx'
import { RunFields } from './run-fields.tsx'
import { bodyOf, KINDS, type KindName, NOTHING_TYPED, type Typed } from './run-form.ts'

const EVERY_MS = 60_000

export function NewRun({ close }: { readonly close: () => void }) {
  const kind = useSignal<KindName>('backfill')
  const { data: connectors } = useAsked<readonly ConnectorView[]>(
    useComputed(() => '/api/connectors'),
    useSignal(EVERY_MS),
  )
  const typed = useSignal<Typed>(NOTHING_TYPED)
  // What comes from outside is imported, it cannot be read again.
  const able = connectors?.filter(({ source }) => kind.value === 'replay' || source !== 'import') ?? null
  const [first] = able ?? []
  if (first !== undefined && !able?.some(({ name }) => name === typed.value.connector))
    typed.value = { ...typed.value, connector: first.name, table: '' }
  const limits = useSignal<LimitsTyped>(NO_LIMITS)
  const shown = useSignal<{ readonly text: string; readonly forecast: Forecast } | null>(null)
  const { fault, attempt } = useAttempt()
  const { title, path } = KINDS[kind.value]
  const body = { ...bodyOf(kind.value, typed.value), limits: limitsIn(limits.value) }
  const text = JSON.stringify([kind.value, body])
  const isShown = shown.value?.text === text
  const show = async () => {
    const forecast = await attempt(() => send<Forecast>('POST', path, { ...body, dry_run: true }))
    if (forecast !== null) shown.value = { text, forecast }
  }
  const start = async () => {
    const run = await attempt(() => send<RunView>('POST', path, body))
    if (run === null) return
    tell(`The ${kind.value} is ordered`)
    close()
    goTo(linkTo('runs', run.id))
  }
  return (
    <Dialog title="New run" close={close} isWide>
      <Form>
        <RunFields kind={kind} typed={typed} connectors={able} />
        <LimitFields typed={limits} />
        {fault.value !== null && <Failure error={fault.value} />}
        <div aria-live="polite">
          {isShown && shown.value !== null && <ForecastFacts forecast={shown.value.forecast} />}
        </div>
        <div class="dialog-actions">
          <button type="button" onClick={close}>
            Close
          </button>
          <BusyButton submits kind={isShown ? 'plain' : 'primary'} isDisabled={!areLimits(limits.value)} act={show}>
            Show what it would do
          </BusyButton>
          <BusyButton kind={isShown ? 'primary' : 'plain'} isDisabled={!isShown} act={start}>
            Start the {title.toLowerCase()}
          </BusyButton>
        </div>
      </Form>
    </Dialog>
  )
}
