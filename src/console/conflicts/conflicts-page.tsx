// Conflicts: what both sides had changed, whose version counts, and those that wait for a person.

import { useComputed, useSignal } from '@preact/signals'
import type { ConflictListView, ConflictView } from '../../control/conflict-view.ts'
import { Ago } from '../part/ago.tsx'
import { useAsked } from '../part/asked.ts'
import { Failure } from '../part/failure.tsx'
import { count } from '../part/figures.ts'
import { connectorNames } from '../part/flow.ts'
import { askedPath, Pick } from '../part/pick.tsx'
import { linkTo, place } from '../part/place.ts'
import { SkeletonRows } from '../part/skeleton.tsx'
import { ConflictDialog } from './conflict-dialog.tsx'
import { ConflictState } from './conflict-state.tsx'

const SHOWN = 200
const EVERY_MS = 6_000

export function ConflictsPage() {
  const path = useComputed(() => {
    return askedPath('/api/conflicts', ['connector', 'kind', 'state'], { limit: String(SHOWN) })
  })
  const { data, error, again } = useAsked<ConflictListView>(path, useSignal(EVERY_MS))
  const connectors = ['', ...connectorNames.value]
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>Conflicts</h1>
      </div>
      <div class="filters">
        <Pick label="Connector" name="connector" options={connectors} />
        <Pick label="Kind" name="kind" options={['', 'fields', 'claim']} />
        <Pick label="State" name="state" options={['', 'open', 'decided', 'superseded']} />
      </div>
      {error !== null && !error.isSilence && <Failure error={error} again={again} />}
      {(error === null || data !== null) && <ConflictTable view={data} />}
      {data !== null && data.total > data.conflicts.length && (
        <p class="quiet more">
          The newest {count(data.conflicts.length)} of {count(data.total)}: narrow them down to see others.
        </p>
      )}
      {place.value.id !== '' && <ConflictDialog id={place.value.id} changed={again} />}
    </>
  )
}

function ConflictTable({ view }: { readonly view: ConflictListView | null }) {
  return (
    <div class="table-frame">
      <table class="stacked" aria-busy={view === null}>
        <caption class="unseen">Conflicts</caption>
        <thead>
          <tr>
            <th scope="col">Row</th>
            <th scope="col">State</th>
            <th scope="col">Why</th>
            <th scope="col">Found</th>
          </tr>
        </thead>
        <tbody>
          {view === null && <SkeletonRows rows={8} columns={4} />}
          {view?.conflicts.map((conflict) => (
            <Row key={conflict.id} conflict={conflict} />
          ))}
          {view?.conflicts.length === 0 && (
            <tr>
              <td colSpan={4} class="empty">
                No conflicts. Where both sides change the same fields of a row, both versions are kept here.
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  )
}

function Row({ conflict }: { readonly conflict: ConflictView }) {
  const { id, table, row, group, why, connectors, found_at: found } = conflict
  return (
    <tr>
      <th scope="row">
        <a href={linkTo('conflicts', id, Object.fromEntries(place.value.asked))}>
          {table} {row}
        </a>
        <span class="route">
          {group === null ? 'a claim' : group}, {connectors.join(', ')}
        </span>
      </th>
      <td>
        <ConflictState conflict={conflict} />
      </td>
      <td>{why}</td>
      <td>
        <Ago at={found} />
      </td>
    </tr>
  )
}
