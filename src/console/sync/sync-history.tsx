// The syncs of late, the newest first.

import { type ReadonlySignal, useComputed } from '@preact/signals'
import type { SyncJobView } from '../../control/sync-view.ts'
import { useAsked } from '../part/asked.ts'
import { Badge, type Tone } from '../part/badge.tsx'
import { Failure } from '../part/failure.tsx'
import { exactTime, shortTime } from '../part/moments.ts'
import { Skeleton } from '../part/skeleton.tsx'
import { resultText } from './result-text.ts'
import { nameOf } from './venue-names.ts'

const SHOWN = 10

export function SyncHistory({ everyMs }: { readonly everyMs: ReadonlySignal<number> }) {
  const path = useComputed(() => `/api/sync/history?limit=${SHOWN}`)
  const { data, error, again } = useAsked<readonly SyncJobView[]>(path, everyMs)
  return (
    <section class="history" aria-labelledby="history">
      <h2 id="history">Recent Sync History</h2>
      {data === null && error === null && <Skeleton lines={5} />}
      {data === null && error !== null && !error.isSilence && <Failure error={error} again={again} />}
      {data?.length === 0 && (
        <p class="quiet">No sync yet. What is ordered above, by command or over HTTP shows here.</p>
      )}
      {data !== null && data.length > 0 && <Jobs jobs={data} />}
    </section>
  )
}

function Jobs({ jobs }: { readonly jobs: readonly SyncJobView[] }) {
  return (
    <ul>
      {jobs.map((job) => (
        <li key={job.job_id}>
          <time dateTime={job.ordered_at} title={exactTime(new Date(job.ordered_at))}>
            {shortTime(new Date(job.ordered_at))}
          </time>
          <Badge tone={toneOf(job)}>{job.state}</Badge>
          <span>
            <strong>{job.client_id === null ? 'All venues' : nameOf(String(job.client_id))}</strong>: {resultText(job)}
          </span>
        </li>
      ))}
    </ul>
  )
}

function toneOf({ state, errors }: SyncJobView): Tone {
  if (state === 'failed') return 'bad'
  if (state === 'done') return errors.length > 0 ? 'warn' : 'good'
  return state === 'running' || state === 'queued' ? 'busy' : 'calm'
}
