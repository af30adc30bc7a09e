// Conflicts: what both sides had changed, whose version counts, and those that wait for a person.

import { useComputed, useSignal } from '@preact/signals'
import type { ConflictListView, ConflictView } from '../../control/conflict-view.ts'
import { Ago } from '../part/ago.tsx'
import { useAsked } from '../part/asked.ts'
import { Cell } from '../part/cell.tsx'
import { EmptyRow } from '../part/empty-row.tsx'
import { Failure } from '../part/failure.tsx'
import { counted } from '../part/figures.ts'
import { connectorNames } from '../part/flow.ts'
import { Older, TO_NEWEST } from '../part/older.tsx'
import { askedPath, Pick } from '../part/pick.tsx'
import { linkTo, place } from '../part/place.ts'
import { SkeletonRows } from '../part/skeleton.tsx'
import { TableHead } from '../part/table-head.tsx'
import { ConflictDialog } from './conflict-dialog.tsx'
import { ConflictState } from './conflict-state.tsx'

const SHOWN = 100
const EVERY_MS = 6_000

export function ConflictsPage() {
  const path = useComputed(() => {
    return askedPath('/api/conflicts', ['connector', 'kind', 'state', 'before'], { limit: String(SHOWN) })
  })
  const { data, error, again } = useAsked<ConflictListView>(path, useSignal(EVERY_MS))
  const connectors = ['', ...connectorNames.value]
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>Conflicts</h1>
      </div>
      <div class="filters">
        <Pick label="Connector" name="connector" options={connectors} forgets={TO_NEWEST} />
        <Pick label="Kind" name="kind" options={['', 'fields', 'claim']} forgets={TO_NEWEST} />
        <Pick label="State" name="state" options={['', 'open', 'decided', 'superseded']} forgets={TO_NEWEST} />
      </div>
      {error !== null && !error.isSilence && <Failure error={error} again={again} />}
      {(error === null || data !== null) && <ConflictTable view={data} />}
      {data !== null && <Older what="conflicts" next={data.next} all={counted(data.total, 'conflict')} />}
      {place.value.id !== '' && <ConflictDialog id={place.value.id} changed={again} />}
    </>
  )
}

function ConflictTable({ view }: { readonly view: ConflictListView | null }) {
  return (
    <div class="table-frame">
      <table class="stacked" aria-busy={view === null}>
        <caption class="unseen">Conflicts</caption>
        <TableHead columns={['Row', 'State', 'Why', 'Found']} />
        <tbody>
          {view === null && <SkeletonRows rows={8} columns={4} />}
          {view?.conflicts.map((conflict) => (
            <Row key={conflict.id} conflict={conflict} />
          ))}
          {view?.conflicts.length === 0 && (
            <EmptyRow columns={4}>
              {view.total === 0
                ? 'No conflicts. Where both sides change the same fields of a row, both versions are kept here.'
                : 'No older ones.'}
            </EmptyRow>
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
      <Cell of="State">
        <ConflictState conflict={conflict} />
      </Cell>
      <Cell of="Why" kind="words">
        {why}
      </Cell>
      <Cell of="Found">
        <Ago at={found} />
      </Cell>
    </tr>
  )
}
