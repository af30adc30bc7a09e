// Verification: up to when venues are known to agree, what was found to differ, and gaps in what was captured.

import { useComputed, useSignal } from '@preact/signals'
import type { RunView } from '../../control/run-view.ts'
import type { VerifiedView } from '../../control/verify-view.ts'
import { Ago } from '../part/ago.tsx'
import { useAsked } from '../part/asked.ts'
import { Cell } from '../part/cell.tsx'
import { EmptyRow } from '../part/empty-row.tsx'
import { Failure } from '../part/failure.tsx'
import { count, counted } from '../part/figures.ts'
import { Icon } from '../part/icon.tsx'
import { linkTo, place } from '../part/place.ts'
import { ProgressBar } from '../part/progress-bar.tsx'
import { may } from '../part/session.ts'
import { SkeletonRows } from '../part/skeleton.tsx'
import { TableHead } from '../part/table-head.tsx'
import { scopeText } from '../runs/run-scope.ts'
import { isActive, RunState } from '../runs/run-state.tsx'
import { nameOf } from '../sync/venue-names.ts'
import { Gaps } from './gaps.tsx'
import { NewVerification } from './new-verification.tsx'
import { Verification } from './verification.tsx'

const BUSY_MS = 1_500
const CALM_MS = 8_000
const SHOWN = 20

export function VerificationPage() {
  const { id } = place.value
  return id === '' ? <Overview /> : <Verification key={id} id={id} />
}

function Overview() {
  const isStarting = useSignal(false)
  const everyMs = useSignal(CALM_MS)
  const marks = useAsked<readonly VerifiedView[]>(
    useComputed(() => '/api/verify'),
    everyMs,
  )
  const runs = useAsked<readonly RunView[]>(
    useComputed(() => `/api/runs?kind=verify&limit=${SHOWN}`),
    everyMs,
  )
  everyMs.value = runs.data?.some(({ state }) => isActive(state)) ? BUSY_MS : CALM_MS
  const error = marks.error ?? runs.error
  // What stands below comes when what is above has its height.
  const isTold = [marks, runs].every((one) => one.data !== null || one.error !== null)
  const again = () => {
    marks.again()
    runs.again()
  }
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>Verification</h1>
        {may('operator') && (
          <button type="button" class="primary" onClick={() => (isStarting.value = true)}>
            <Icon name="verify" /> Verify
          </button>
        )}
      </div>
      {error !== null && !error.isSilence && <Failure error={error} again={again} />}
      {(marks.error === null || marks.data !== null) && <Marks marks={marks.data} />}
      {isTold && <Verifications runs={runs.data} />}
      {isTold && <Gaps />}
      {isStarting.value && <NewVerification close={() => (isStarting.value = false)} />}
    </>
  )
}

function Marks({ marks }: { readonly marks: readonly VerifiedView[] | null }) {
  return (
    <section class="block" aria-labelledby="marks">
      <h2 id="marks">Known to agree</h2>
      <div class="table-frame">
        <table class="stacked">
          <caption class="unseen">Known to agree</caption>
          <TableHead columns={['Venue', 'Connector', 'Up to']} />
          <tbody>
            {marks === null && <SkeletonRows rows={3} columns={3} />}
            {marks?.map(({ connector, venue, except, verified_through: through, run }) => (
              <tr key={`${connector} ${venue}`}>
                <th scope="row">
                  {venue === null ? 'All venues' : nameOf(venue)}
                  {except.length > 0 && (
                    <span class="route">
                      except {except.length > 5 ? counted(except.length, 'venue') : except.map(nameOf).join(', ')}
                    </span>
                  )}
                </th>
                <Cell of="Connector">{connector}</Cell>
                <Cell of="Up to">
                  <a href={linkTo('verification', run)}>
                    <Ago at={through} />
                  </a>
                </Cell>
              </tr>
            ))}
            {marks?.length === 0 && (
              <EmptyRow columns={3}>
                Nothing has been verified yet. A verification compares both sides, row by row, while they change.
              </EmptyRow>
            )}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Verifications({ runs }: { readonly runs: readonly RunView[] | null }) {
  if (runs === null || runs.length === 0) return null
  return (
    <section class="block" aria-labelledby="verifications">
      <h2 id="verifications">Verifications</h2>
      <div class="table-frame">
        <table class="stacked">
          <caption class="unseen">Verifications</caption>
          <TableHead columns={['Of', 'State', 'Rows', 'Differing', 'Ordered']} />
          <tbody>
            {runs.map((run) => (
              <tr key={run.id}>
                <th scope="row">
                  <a href={linkTo('verification', run.id)}>{scopeText(run) || run.connector}</a>
                </th>
                <Cell of="State">
                  <RunState state={run.state} />
                </Cell>
                <Cell of="Rows">
                  {run.state === 'running' && (
                    <ProgressBar done={run.rows_done} of={run.rows_expected} label="Progress of the verification" />
                  )}
                  {count(run.rows_done)}
                </Cell>
                <Cell of="Differing">{count(run.tally.rejected + run.tally.applied)}</Cell>
                <Cell of="Ordered">
                  <Ago at={run.ordered_at} />
                  <span class="route">by {run.by}</span>
                </Cell>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
