// Tries dead letters again: says first what would become of them.

import { send } from '../part/api.ts'
import { place } from '../part/place.ts'
import { tell } from '../part/toast-list.ts'
import { ForecastDialog } from '../runs/forecast-dialog.tsx'

interface RetryDialogProps {
  /** None: all that the page's filter leaves. */
  readonly ids: readonly string[]
  readonly connectors: readonly string[]
  readonly close: () => void
}

export function RetryDialog({ ids, connectors, close }: RetryDialogProps) {
  const reason = place.value.asked.get('reason') ?? ''
  const bodies = connectors.map((connector) => {
    const own = ids.filter((id) => id.startsWith(`${connector}:`))
    return { connector, ...(own.length > 0 ? { ids: own } : reason === '' ? {} : { reason }) }
  })
  const order = <Answer,>(isDry: boolean) =>
    Promise.all(bodies.map((body) => send<Answer>('POST', '/api/dead/retry', { ...body, dry_run: isDry })))
  return (
    <ForecastDialog
      title="Retry dead letters?"
      says={{ start: 'Retry', leave: 'Leave them' }}
      close={close}
      order={order}
      ordered={() => {
        tell('They are tried again; what is refused once more comes back')
        close()
      }}
    />
  )
}
