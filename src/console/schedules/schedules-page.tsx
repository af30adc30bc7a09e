// Schedules: what is imported again and again, when it is due, and what came of it last.

import { useComputed, useSignal } from '@preact/signals'
import type { RunView } from '../../control/run-view.ts'
import type { ScheduleView } from '../../control/schedule-view.ts'
import { Ago } from '../part/ago.tsx'
import { send } from '../part/api.ts'
import { useAsked } from '../part/asked.ts'
import { BusyButton } from '../part/busy-button.tsx'
import { Cell } from '../part/cell.tsx'
import { EmptyRow } from '../part/empty-row.tsx'
import { Failure } from '../part/failure.tsx'
import { linkTo } from '../part/place.ts'
import { may } from '../part/session.ts'
import { SkeletonRows } from '../part/skeleton.tsx'
import { TableHead } from '../part/table-head.tsx'
import { tell, tellFault } from '../part/toast-list.ts'
import { RunState } from '../runs/run-state.tsx'

const EVERY_MS = 5_000
const COLUMNS = ['What', 'When', 'Next', 'Last run']
const ACTION = { title: 'Action', kind: 'act' } as const

export function SchedulesPage() {
  const path = useComputed(() => '/api/schedules')
  const { data, error, again } = useAsked<readonly ScheduleView[]>(path, useSignal(EVERY_MS))
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>Schedules</h1>
      </div>
      {error !== null && !error.isSilence && <Failure error={error} again={again} />}
      {(error === null || data !== null) && <ScheduleTable schedules={data} again={again} />}
    </>
  )
}

interface ScheduleTableProps {
  /** Null: still to come. */
  readonly schedules: readonly ScheduleView[] | null
  readonly again: () => void
}

function ScheduleTable({ schedules, again }: ScheduleTableProps) {
  const isOperator = may('operator')
  return (
    <div class="table-frame">
      <table class="stacked schedules" aria-busy={schedules === null}>
        <caption class="unseen">Schedules</caption>
        <TableHead columns={isOperator ? [...COLUMNS, ACTION] : COLUMNS} />
        <tbody>
          {schedules === null && <SkeletonRows rows={5} columns={isOperator ? 5 : 4} />}
          {schedules?.map((schedule) => (
            <Row key={schedule.id} schedule={schedule} again={again} isOperator={isOperator} />
          ))}
          {schedules?.length === 0 && (
            <EmptyRow columns={isOperator ? 5 : 4}>
              Nothing is scheduled. Connectors of imports say what is due when; their settings change it.
            </EmptyRow>
          )}
        </tbody>
      </table>
    </div>
  )
}

interface RowProps {
  readonly schedule: ScheduleView
  readonly again: () => void
  readonly isOperator: boolean
}

function Row({ schedule, again, isOperator }: RowProps) {
  const { id, connector, imports, cron, time_zone: zone, next_at: next, last_run: last } = schedule
  const run = async () => {
    try {
      const path = `/api/schedules/${encodeURIComponent(id)}/run`
      const { runs } = await send<{ runs: readonly RunView[] }>('POST', path)
      tell(runs.length === 0 ? `${id}: there is nothing to do` : `${id} is under way`)
      again()
    } catch (error) {
      tellFault(`${id} could not be started`, error)
    }
  }
  return (
    <tr>
      <th scope="row">
        {id}
        <span class="route">
          {connector === null
            ? 'tries failed imports again'
            : `${connector}: ${imports.map(({ table, from }) => `${table} from ${from}`).join(', ')}`}
        </span>
      </th>
      <Cell of="When">
        <code>{cron}</code>
        <span class="route">{zone}</span>
      </Cell>
      <Cell of="Next">
        <Ago at={next} never="Not again" />
      </Cell>
      <Cell of="Last run">
        {last === null ? (
          <span class="quiet">Never</span>
        ) : (
          <>
            <RunState state={last.state} /> <a href={linkTo('runs', last.id)}>{<Ago at={last.ordered_at} />}</a>
          </>
        )}
      </Cell>
      {isOperator && (
        <td class="act">
          <BusyButton isBusy={schedule.is_under_way} label={`Run now: ${id}`} act={run}>
            Run now
          </BusyButton>
        </td>
      )}
    </tr>
  )
}
