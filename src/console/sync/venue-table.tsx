// The venues: when each was synced last, whether it needs to be, and a button that does it.

import type { VenuesView, VenueView } from '../../control/venues-view.ts'
import { Ago } from '../part/ago.tsx'
import { Badge } from '../part/badge.tsx'
import { BusyButton } from '../part/busy-button.tsx'
import { EmptyRow } from '../part/empty-row.tsx'
import { may } from '../part/session.ts'
import { SkeletonRows } from '../part/skeleton.tsx'
import { TableHead } from '../part/table-head.tsx'
import { isSyncing, syncNow } from './syncs.ts'

const COLUMNS = ['Venue', 'Last Sync', 'Status']
const ACTION = { title: 'Action', kind: 'act' } as const

interface VenueTableProps {
  /** Null: still to come. */
  readonly view: VenuesView | null
  readonly again: () => void
}

export function VenueTable({ view, again }: VenueTableProps) {
  const isOperator = may('operator')
  return (
    <div class="table-frame">
      <table class="venues" aria-busy={view === null}>
        <caption class="unseen">Venues</caption>
        <TableHead columns={isOperator ? [...COLUMNS, ACTION] : COLUMNS} />
        <tbody>
          {view === null && <SkeletonRows rows={10} columns={isOperator ? 4 : 3} />}
          {view?.venues.map((venue) => (
            <Row key={venue.client_id} venue={venue} again={again} isOperator={isOperator} />
          ))}
          {view?.venues.length === 0 && (
            <EmptyRow columns={isOperator ? 4 : 3}>
              {view.total === 0
                ? 'No venues yet. They come from the client table of MySQL.'
                : 'No venue matches. Search for less, or show all of them.'}
            </EmptyRow>
          )}
        </tbody>
      </table>
    </div>
  )
}

interface RowProps {
  readonly venue: VenueView
  readonly again: () => void
  readonly isOperator: boolean
}

function Row({ venue, again, isOperator }: RowProps) {
  const id = String(venue.client_id)
  const name = venue.restaurant_name ?? `Venue ${id}`
  const isBusy = venue.state === 'syncing' || isSyncing(id)
  return (
    <tr>
      <th scope="row">
        {name} <span class="id">{id}</span>
      </th>
      <td>
        <Ago at={venue.last_sync_at} />
      </td>
      <td>
        <Status venue={venue} isBusy={isBusy} />
      </td>
      {isOperator && (
        <td class="act">
          <BusyButton isBusy={isBusy} label={`Sync ${name}`} act={() => syncNow({ venue: id, name }, again)}>
            Sync
          </BusyButton>
        </td>
      )}
    </tr>
  )
}

function Status({ venue, isBusy }: { readonly venue: VenueView; readonly isBusy: boolean }) {
  if (isBusy) return <Badge tone="busy">Syncing…</Badge>
  if (venue.state === 'synced') return <Badge tone="good">Synced</Badge>
  return (
    <>
      <Badge tone="warn">Needs Sync</Badge>
      {venue.why !== null && <span class="why">{venue.why}</span>}
    </>
  )
}
