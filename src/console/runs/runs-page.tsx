// Runs: what is at work and what was, and a form to start another; one of them where the address names it.

import { useComputed, useSignal } from '@preact/signals'
import type { RunView } from '../../control/run-view.ts'
import { useAsked } from '../part/asked.ts'
import { Failure } from '../part/failure.tsx'
import { connectorNames } from '../part/flow.ts'
import { Icon } from '../part/icon.tsx'
import { Older, TO_NEWEST } from '../part/older.tsx'
import { askedPath, Pick } from '../part/pick.tsx'
import { place } from '../part/place.ts'
import { may } from '../part/session.ts'
import { NewRun } from './new-run.tsx'
import { RunPage } from './run-page.tsx'
import { isActive } from './run-state.tsx'
import { RunTable } from './run-table.tsx'

const PAGE_RUNS = 50
const BUSY_MS = 1_500
const CALM_MS = 8_000

const KINDS = ['', 'backfill', 'replay', 'sync', 'verify', 'repair', 'retry', 'resolve', 'import', 'rollback']
const ASKED = ['kind', 'state', 'connector', 'before']
const STATES = ['', 'queued', 'running', 'paused', 'done', 'failed', 'cancelled']

export function RunsPage() {
  const { id } = place.value
  return id === '' ? <RunList /> : <RunPage key={id} id={id} />
}

function RunList() {
  const isStarting = useSignal(false)
  const everyMs = useSignal(CALM_MS)
  const path = useComputed(() => askedPath('/api/runs', ASKED, { limit: String(PAGE_RUNS) }))
  const { data, error, again } = useAsked<readonly RunView[]>(path, everyMs)
  everyMs.value = data?.some(({ state }) => isActive(state)) ? BUSY_MS : CALM_MS
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>Runs</h1>
        {may('operator') && (
          <button type="button" class="primary" onClick={() => (isStarting.value = true)}>
            <Icon name="run" /> New run
          </button>
        )}
      </div>
      <div class="filters">
        <Pick label="Connector" name="connector" options={['', ...connectorNames.value]} forgets={TO_NEWEST} />
        <Pick label="Kind" name="kind" options={KINDS} forgets={TO_NEWEST} />
        <Pick label="State" name="state" options={STATES} forgets={TO_NEWEST} />
      </div>
      {error !== null && !error.isSilence && <Failure error={error} again={again} />}
      {(error === null || data !== null) && <RunTable runs={data} />}
      <Older what="runs" next={data?.length === PAGE_RUNS ? (data.at(-1)?.ordered_at ?? null) : null} />
      {isStarting.value && <NewRun close={() => (isStarting.value = false)} />}
    </>
  )
}
