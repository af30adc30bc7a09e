// Starts a backfill or a replay: what it would do is shown first, and only what was shown can be started.

import { useSignal } from '@preact/signals'
import type { RunView } from '../../control/run-view.ts'
import { send } from '../part/api.ts'
import { ApiError } from '../part/api-error.ts'
import { BusyButton } from '../part/busy-button.tsx'
import { Dialog } from '../part/dialog.tsx'
import { Failure } from '../part/failure.tsx'
import { Field } from '../part/field.tsx'
import { flow } from '../part/flow.ts'
import { goTo, linkTo } from '../part/place.ts'
import { tell } from '../part/toast-list.ts'
import { type Forecast, ForecastFacts } from './forecast-facts.tsx'
import { LimitFields, type LimitsTyped, limitsIn, NO_LIMITS } from './limit-fields.tsx'
import { bodyOf, KINDS, type KindName, NOTHING_TYPED, type Typed } from './run-form.ts'

export function NewRun({ close }: { readonly close: () => void }) {
  const kind = useSignal<KindName>('backfill')
  const connectors = flow.value?.flows.map(({ connector }) => connector) ?? []
  const typed = useSignal<Typed>({ ...NOTHING_TYPED, connector: connectors[0] ?? '' })
  const limits = useSignal<LimitsTyped>(NO_LIMITS)
  const shown = useSignal<{ readonly body: string; readonly forecast: Forecast } | null>(null)
  const fault = useSignal<ApiError | null>(null)
  const { title, path, fields } = KINDS[kind.value]
  const body = { ...bodyOf(kind.value, typed.value), limits: limitsIn(limits.value) }
  const text = JSON.stringify([kind.value, body])
  const isShown = shown.value?.body === text

  const ask = async <Answer,>(isDry: boolean): Promise<Answer | null> => {
    fault.value = null
    try {
      return await send<Answer>('POST', path, { ...body, dry_run: isDry })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      fault.value = error
      return null
    }
  }
  const show = async () => {
    const forecast = await ask<Forecast>(true)
    if (forecast !== null) shown.value = { body: text, forecast }
  }
  const start = async () => {
    const run = await ask<RunView>(false)
    if (run === null) return
    tell(`The ${kind.value} is ordered`)
    close()
    goTo(linkTo('runs', run.id))
  }
  return (
    <Dialog title="New run" close={close} isWide>
      <div class="form">
        <fieldset class="choice">
          <legend class="unseen">Kind</legend>
          {(Object.keys(KINDS) as KindName[]).map((name) => (
            <label key={name}>
              <input type="radio" name="kind" checked={kind.value === name} onChange={() => (kind.value = name)} />
              <span>{KINDS[name].title}</span>
            </label>
          ))}
        </fieldset>
        <p class="quiet">{KINDS[kind.value].about}</p>
        <div class="fields">
          <Field
            label="Connector"
            value={typed.value.connector}
            change={(connector) => (typed.value = { ...typed.value, connector })}
            options={connectors}
          />
          {fields.map(({ name, label, hint }) => (
            <Field
              key={name}
              label={label}
              hint={hint}
              value={typed.value[name]}
              change={(value) => (typed.value = { ...typed.value, [name]: value })}
            />
          ))}
        </div>
        <LimitFields typed={limits} />
        {fault.value !== null && <Failure error={fault.value} />}
        {isShown && shown.value !== null && <ForecastFacts forecast={shown.value.forecast} />}
        <div class="dialog-actions">
          <button type="button" onClick={close}>
            Close
          </button>
          <BusyButton kind={isShown ? 'plain' : 'primary'} act={show}>
            Show what it would do
          </BusyButton>
          <BusyButton kind={isShown ? 'primary' : 'plain'} isDisabled={!isShown} act={start}>
            Start the {title.toLowerCase()}
          </BusyButton>
        </div>
      </div>
    </Dialog>
  )
}
