// Repairs a gap: says first what that reads and writes.

import type { GapView } from '../../control/gap-view.ts'
import { send } from '../part/api.ts'
import { goTo, linkTo } from '../part/place.ts'
import { tell } from '../part/toast-list.ts'
import { ForecastDialog } from '../runs/forecast-dialog.tsx'

export interface RepairOf {
  readonly connector: string
  readonly gap: GapView
}

interface RepairDialogProps {
  readonly of: RepairOf
  readonly close: () => void
}

export function RepairDialog({ of: { connector, gap }, close }: RepairDialogProps) {
  const order = async <Answer,>(isDry: boolean) => [
    await send<Answer>('POST', '/api/gaps/repair', { connector, gap: gap.id, dry_run: isDry }),
  ]
  return (
    <ForecastDialog
      title={`Repair the gap for ${connector}?`}
      says={{ start: 'Repair', leave: 'Leave it' }}
      close={close}
      order={order}
      ordered={([run]) => {
        tell('The repair is ordered')
        close()
        goTo(linkTo('runs', run?.id))
      }}
    >
      <p>
        What may have changed in {gap.tables.join(', ')} meanwhile is read again, and what {connector} is missing of it
        is written. Newer changes stay.
      </p>
    </ForecastDialog>
  )
}
