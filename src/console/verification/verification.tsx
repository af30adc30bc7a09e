// One verification: what agrees, what differs, where, and why that is likely.

import { useComputed, useSignal } from '@preact/signals'
import type { DifferenceView, VerificationView } from '../../control/verify-view.ts'
import { ApiError } from '../part/api-error.ts'
import { useAsked } from '../part/asked.ts'
import { Badge } from '../part/badge.tsx'
import { Failure } from '../part/failure.tsx'
import { count, counted } from '../part/figures.ts'
import { Older } from '../part/older.tsx'
import { askedPath } from '../part/pick.tsx'
import { linkTo } from '../part/place.ts'
import { ProgressBar } from '../part/progress-bar.tsx'
import { may } from '../part/session.ts'
import { ShownValue } from '../part/shown-value.tsx'
import { Skeleton } from '../part/skeleton.tsx'
import { RunActions } from '../runs/run-actions.tsx'
import { isActive, RunState } from '../runs/run-state.tsx'

const SHOWN = 100
const BUSY_MS = 1_000
const CALM_MS = 15_000

const TOLD = {
  equal: 'Equal',
  differing: 'Differing',
  mended: 'Mended',
  unsettled: 'Still changing',
  missing: 'Items missing',
} as const

export function Verification({ id }: { readonly id: string }) {
  const everyMs = useSignal(BUSY_MS)
  const path = useComputed(() =>
    askedPath(`/api/verify/${encodeURIComponent(id)}`, ['after'], { limit: String(SHOWN) }),
  )
  const { data: view, error, again } = useAsked<VerificationView>(path, everyMs)
  everyMs.value = view === null || isActive(view.state) ? BUSY_MS : CALM_MS
  return (
    <>
      <p class="back">
        <a href={linkTo('verification')}>All verifications</a>
      </p>
      <div class="heading">
        <h1 tabIndex={-1}>
          {view === null ? (
            'Verification'
          ) : (
            <>
              Verification of {view.connector} <RunState state={view.state} />
            </>
          )}
        </h1>
        {view !== null && may('operator') && <RunActions run={view} again={again} />}
      </div>
      {view === null && error !== null && !error.isSilence && <Failure error={error} again={again} />}
      {view === null && error === null && <Skeleton lines={8} />}
      {view !== null && (
        <>
          {view.error !== null && <Failure error={new ApiError(500, view.error)} />}
          <Found view={view} />
          <Differences view={view} />
        </>
      )}
    </>
  )
}

function Found({ view }: { readonly view: VerificationView }) {
  const isDone = view.state === 'done'
  return (
    <section class="card" aria-label="Found">
      <ProgressBar done={isDone ? 1 : view.rows_done} of={isDone ? 1 : view.rows_expected} label="Progress" />
      <p>
        {count(view.rows_done)}
        {view.rows_expected === null ? '' : ` of ${count(view.rows_expected)}`} rows compared
      </p>
      <dl class="tallies">
        {Object.entries(TOLD).map(([name, title]) => (
          <div key={name}>
            <dt>{title}</dt>
            <dd>{count(view.found[name as keyof typeof TOLD])}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Differences({ view }: { readonly view: VerificationView }) {
  const { differences, differences_total: total, is_record_full: isFull, next, found, state } = view
  const rows = found.differing + found.mended
  if (total === 0)
    return state === 'done' ? <p class="notice good">Both sides agree in all that was compared.</p> : null
  return (
    <section aria-labelledby="differences">
      <h2 id="differences">{counted(rows, 'row differs', 'rows differ')}</h2>
      <ul class="differences">
        {differences.map((one) => (
          <Difference key={`${one.source_table} ${JSON.stringify(one.row)} ${one.table} ${one.key.join()}`} one={one} />
        ))}
      </ul>
      {isFull && <p class="quiet">The record is full: what was found beyond is counted, and not told.</p>}
      <Older what="differences" by="after" next={next} all={counted(total, 'difference')} />
    </section>
  )
}

function Difference({ one }: { readonly one: DifferenceView }) {
  return (
    <li>
      <p>
        <strong>
          {one.source_table} <ShownValue value={Array.isArray(one.row) ? one.row.join(', ') : one.row} />
        </strong>{' '}
        {one.mended ? <Badge tone="good">mended</Badge> : <Badge tone="warn">{one.is}</Badge>}
      </p>
      <p class="quiet">
        {one.table} {one.key.join(' ')}: {one.why}
      </p>
      {one.fields.length > 0 && (
        <dl class="facts">
          {one.fields.map(({ name, wanted, held }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <ShownValue value={wanted} /> <span class="quiet">is in the source,</span> <ShownValue value={held} />{' '}
                <span class="quiet">in the target</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  )
}
