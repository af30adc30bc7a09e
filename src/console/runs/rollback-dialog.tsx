// Takes an import back: says first what it would do, and asks why.

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { RunView } from '../../control/run-view.ts'
import { send } from '../part/api.ts'
import { useAttempt } from '../part/attempt.ts'
import { BusyButton } from '../part/busy-button.tsx'
import { Dialog } from '../part/dialog.tsx'
import { Failure } from '../part/failure.tsx'
import { Field } from '../part/field.tsx'
import { count, counted } from '../part/figures.ts'
import { Form } from '../part/form.tsx'
import { goTo, linkTo } from '../part/place.ts'
import { Skeleton } from '../part/skeleton.tsx'
import { tell } from '../part/toast-list.ts'

interface RollbackDialogProps {
  readonly run: RunView
  readonly close: () => void
}

const KEPT_SHOWN = 20

interface RollbackForecast {
  readonly undone: number
  readonly kept: readonly { readonly table: string; readonly key: unknown; readonly why: string }[]
}

/** Asked of a dry run, which says it of nobody. */
const DRY_REASON = 'what would it do?'

export function RollbackDialog({ run, close }: RollbackDialogProps) {
  const foreseen = useSignal<RollbackForecast | null>(null)
  const { fault, attempt } = useAttempt()
  const reason = useSignal('')
  const ask = <Answer,>(body: object) => attempt(() => send<Answer>('POST', `/admin/rollback/${run.id}`, body))
  useEffect(() => {
    void ask<RollbackForecast>({ reason: DRY_REASON, dry_run: true }).then((answer) => {
      foreseen.value = answer
    })
  }, [])
  const start = async () => {
    const order = await ask<RunView>({ reason: reason.value })
    if (order === null) return
    tell('The import is being taken back')
    close()
    goTo(linkTo('runs', order.id))
  }
  return (
    <Dialog title="Take the import back?" close={close}>
      <Form>
        <div aria-live="polite">
          {foreseen.value === null && fault.value === null && <Skeleton lines={3} />}
          {foreseen.value !== null && <Foreseen {...foreseen.value} />}
        </div>
        <Field
          label="Reason"
          value={reason.value}
          change={(value) => (reason.value = value)}
          hint="Stays on record, for whoever reads it later"
          isRequired
        />
        {fault.value !== null && <Failure error={fault.value} />}
        <div class="dialog-actions">
          <button type="button" onClick={close}>
            Leave it
          </button>
          <BusyButton
            kind="danger"
            submits
            isDisabled={foreseen.value === null || reason.value.trim() === ''}
            act={start}
          >
            Take back
          </BusyButton>
        </div>
      </Form>
    </Dialog>
  )
}

function Foreseen({ undone, kept }: RollbackForecast) {
  return (
    <section class="forecast" aria-label="What it would do">
      <p>
        <strong>{counted(undone, 'row')}</strong> {undone === 1 ? 'becomes' : 'become'} what{' '}
        {undone === 1 ? 'it' : 'they'} had been.
        {kept.length > 0 && ` ${counted(kept.length, 'row was', 'rows were')} changed since and will stay:`}
      </p>
      {kept.length > 0 && <Kept kept={kept} />}
    </section>
  )
}

function Kept({ kept }: Pick<RollbackForecast, 'kept'>) {
  return (
    <ul>
      {kept.slice(0, KEPT_SHOWN).map(({ table, key, why }) => (
        <li key={`${table} ${JSON.stringify(key)}`}>
          {table} {typeof key === 'string' ? key : JSON.stringify(key)}: {why}
        </li>
      ))}
      {kept.length > KEPT_SHOWN && <li>and {count(kept.length - KEPT_SHOWN)} more</li>}
    </ul>
  )
}
