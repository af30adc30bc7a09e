// Whose version is to count: written to the other side as a run, after what that does was seen.

import { useSignal } from '@preact/signals'
import type { RunView } from '../../control/run-view.ts'
import { send } from '../part/api.ts'
import { useAttempt } from '../part/attempt.ts'
import { BusyButton } from '../part/busy-button.tsx'
import { Failure } from '../part/failure.tsx'
import { Field } from '../part/field.tsx'
import { Form } from '../part/form.tsx'
import { tell } from '../part/toast-list.ts'
import { type Forecast, ForecastFacts } from '../runs/forecast-facts.tsx'

const SIDES = { mysql: 'MySQL', dynamodb: 'DynamoDB' } as const
type Side = keyof typeof SIDES

interface DecisionProps {
  readonly id: string
  readonly decided: () => void
}

export function Decision({ id, decided }: DecisionProps) {
  const take = useSignal<Side | null>(null)
  const note = useSignal('')
  const foreseen = useSignal<Forecast | null>(null)
  const { fault, attempt } = useAttempt()
  const path = `/api/conflicts/${encodeURIComponent(id)}/resolve`
  const choose = async (side: Side) => {
    take.value = side
    foreseen.value = null
    const forecast = await attempt(() => send<Forecast>('POST', path, { take: side, dry_run: true }))
    // Meanwhile the other one may have been chosen.
    if (take.peek() === side) foreseen.value = forecast
  }
  const decide = async () => {
    const run = await attempt(() => send<RunView>('POST', path, { take: take.value, note: note.value }))
    if (run === null || take.value === null) return
    tell(`${SIDES[take.value]} counts; it is being written to the other side`)
    decided()
  }
  return (
    <Form>
      <fieldset>
        <legend>Whose version counts?</legend>
        <div class="choice">
          {(Object.keys(SIDES) as Side[]).map((side) => (
            <label key={side}>
              <input type="radio" name="take" checked={take.value === side} onChange={() => void choose(side)} />
              <span>{SIDES[side]}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <div aria-live="polite">{foreseen.value !== null && <ForecastFacts forecast={foreseen.value} />}</div>
      <Field
        label="Note"
        value={note.value}
        change={(value) => (note.value = value)}
        hint="For whoever asks later; may be empty"
      />
      {fault.value !== null && <Failure error={fault.value} />}
      <div class="dialog-actions">
        <BusyButton kind="primary" submits isDisabled={take.value === null || foreseen.value === null} act={decide}>
          {take.value === null ? 'Decide' : `Take ${SIDES[take.value]}'s version`}
        </BusyButton>
      </div>
    </Form>
  )
}
