// One run: how far it is, what came of its rows, and what can be done with it.

import { useComputed, useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { RunView } from '../../control/run-view.ts'
import { Ago } from '../part/ago.tsx'
import { ApiError } from '../part/api-error.ts'
import { useAsked } from '../part/asked.ts'
import { Failure } from '../part/failure.tsx'
import { count, rate } from '../part/figures.ts'
import { durationText } from '../part/moments.ts'
import { linkTo } from '../part/place.ts'
import { ProgressBar } from '../part/progress-bar.tsx'
import { may } from '../part/session.ts'
import { Skeleton } from '../part/skeleton.tsx'
import { Integrity } from './integrity.tsx'
import { RunActions } from './run-actions.tsx'
import { scopeText } from './run-scope.ts'
import { isActive, RunState } from './run-state.tsx'

const BUSY_MS = 1_000
const CALM_MS = 10_000

const TOLD = {
  applied: 'Applied',
  exists: 'Known already',
  stale: 'Stale',
  rejected: 'Rejected',
  ignored: 'Not meant for it',
} as const

export function RunPage({ id }: { readonly id: string }) {
  const everyMs = useSignal(BUSY_MS)
  const path = useComputed(() => `/api/runs/${encodeURIComponent(id)}`)
  const { data: run, error, again } = useAsked<RunView>(path, everyMs)
  everyMs.value = run === null || isActive(run.state) ? BUSY_MS : CALM_MS
  return (
    <>
      <p class="back">
        <a href={linkTo('runs')}>All runs</a>
      </p>
      <div class="heading">
        <h1 tabIndex={-1}>
          {run === null ? (
            'Run'
          ) : (
            <>
              {run.kind} of {run.connector} <RunState state={run.state} />
            </>
          )}
        </h1>
        {run !== null && may('operator') && <RunActions run={run} again={again} />}
      </div>
      {run === null && error !== null && !error.isSilence && <Failure error={error} again={again} />}
      {run === null && error === null && <Skeleton lines={8} />}
      {run !== null && (
        <>
          {run.error !== null && <Failure error={new ApiError(500, run.error)} />}
          <Progress run={run} />
          <Facts run={run} />
          {run.integrity !== null && run.integrity.length > 0 && <Integrity checks={run.integrity} />}
        </>
      )}
    </>
  )
}

function Progress({ run }: { readonly run: RunView }) {
  const { state, rows_done: done, rows_expected: expected, rows_per_second: speed, ends_at: ends } = run
  return (
    <section class="card" aria-label="Progress">
      <ProgressBar done={state === 'done' ? 1 : done} of={state === 'done' ? 1 : expected} label="Progress" />
      <p>
        {count(done)}
        {expected === null ? '' : ` of ${count(expected)}`} rows
        {state === 'running' && `, ${rate(speed)}`}
        {ends !== null && `, done in about ${durationText(Math.max(0, Date.parse(ends) - Date.now()))}`}
      </p>
      <dl class="tallies">
        {Object.entries(TOLD).map(([name, title]) => (
          <div key={name}>
            <dt>{title}</dt>
            <dd>{count(run.tally[name as keyof typeof TOLD])}</dd>
          </div>
        ))}
      </dl>
      {run.tally.rejected > 0 && (
        <p>
          <a href={linkTo('dead', '', { connector: run.connector })}>Rejected rows wait as dead letters</a>
        </p>
      )}
    </section>
  )
}

function Facts({ run }: { readonly run: RunView }) {
  const { limits } = run
  // Whichever was written first comes first in the answer: another order each time.
  const writes = Object.entries(run.writes).sort(([one], [other]) => (one < other ? -1 : 1))
  return (
    <dl class="facts">
      <Fact name="Scope">{scopeText(run)}</Fact>
      <Fact name="Ordered">
        <Ago at={run.ordered_at} /> by {run.by}
      </Fact>
      <Fact name="Started">
        <Ago at={run.started_at} never="Not yet" />
      </Fact>
      <Fact name="Ended">
        <Ago at={run.ended_at} never="Not yet" />
        {run.started_at !== null && run.ended_at !== null && (
          <> after {durationText(Date.parse(run.ended_at) - Date.parse(run.started_at))}</>
        )}
      </Fact>
      <Fact name="Limits">
        {[
          limits.rows_per_second === null ? '' : `${count(limits.rows_per_second)} rows/s`,
          limits.write_units_per_second === null ? '' : `${count(limits.write_units_per_second)} write units/s`,
          limits.source_share === null ? '' : `${Math.round(limits.source_share * 100)} % of the source's time`,
        ]
          .filter((one) => one !== '')
          .join(', ') || 'None'}
      </Fact>
      {writes.length > 0 && (
        <Fact name="Writes">{writes.map(([name, many]) => `${name}: ${count(many)}`).join(', ')}</Fact>
      )}
      <Fact name="Id">
        <code>{run.id}</code>
      </Fact>
    </dl>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
