// Runs, the newest first.

import type { RunView } from '../../control/run-view.ts'
import { Ago } from '../part/ago.tsx'
import { Cell } from '../part/cell.tsx'
import { EmptyRow } from '../part/empty-row.tsx'
import { count, rate } from '../part/figures.ts'
import { linkTo } from '../part/place.ts'
import { ProgressBar } from '../part/progress-bar.tsx'
import { SkeletonRows } from '../part/skeleton.tsx'
import { TableHead } from '../part/table-head.tsx'
import { scopeText } from './run-scope.ts'
import { RunState } from './run-state.tsx'

/** Null: still to come. */
export function RunTable({ runs }: { readonly runs: readonly RunView[] | null }) {
  return (
    <div class="table-frame">
      <table class="stacked runs" aria-busy={runs === null}>
        <caption class="unseen">Runs</caption>
        <TableHead columns={['Run', 'State', 'Progress', 'Ordered']} />
        <tbody>
          {runs === null && <SkeletonRows rows={8} columns={4} />}
          {runs?.map((run) => (
            <Row key={run.id} run={run} />
          ))}
          {runs?.length === 0 && (
            <EmptyRow columns={4}>
              No runs. Backfills, replays, syncs, verifications, imports and what else has an end show here.
            </EmptyRow>
          )}
        </tbody>
      </table>
    </div>
  )
}

function Row({ run }: { readonly run: RunView }) {
  const { id, kind, connector, state, rows_done: done, rows_expected: expected } = run
  return (
    <tr>
      <th scope="row">
        <a href={linkTo('runs', id)}>{kind}</a> of {connector}
        <span class="route">{scopeText(run)}</span>
      </th>
      <Cell of="State">
        <RunState state={state} />
        {run.error !== null && <span class="route">{run.error.code}</span>}
      </Cell>
      <Cell of="Progress">
        {state === 'running' && <ProgressBar done={done} of={expected} label={`Progress of the ${kind}`} />}
        <span class="route">
          {count(done)}
          {expected === null ? '' : ` of ${count(expected)}`} rows
          {state === 'running' && `, ${rate(run.rows_per_second)}`}
        </span>
      </Cell>
      <Cell of="Ordered">
        <Ago at={run.ordered_at} />
        <span class="route">by {run.by}</span>
      </Cell>
    </tr>
  )
}
