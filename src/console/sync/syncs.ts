// Syncs that were ordered here: each is watched until it ends, and what came of it is told.

import { signal } from '@preact/signals'
import type { SyncJobView } from '../../control/sync-view.ts'
import { ask, send } from '../part/api.ts'
import { ApiError } from '../part/api-error.ts'
import { tell, tellFault } from '../part/toast-list.ts'
import { resultText } from './result-text.ts'

const LOOK_MS = 1_000

/** By venue; all of them under ''. */
const underWay = signal<ReadonlySet<string>>(new Set())

/** Null: all venues. */
export interface SyncTarget {
  readonly venue: string | null
  readonly name: string
}

export function isSyncing(venue: string | null): boolean {
  return underWay.value.has(venue ?? '') || underWay.value.has('')
}

/** Resolves when the order has been taken. */
export async function syncNow({ venue, name }: SyncTarget, changed: () => void): Promise<void> {
  const key = venue ?? ''
  underWay.value = new Set([...underWay.value, key])
  try {
    const path = venue === null ? '/api/sync/all' : `/api/sync/${encodeURIComponent(venue)}`
    const { job_id: job } = await send<{ job_id: string }>('POST', path, {})
    changed()
    void watch(job, name).finally(() => {
      forget(key)
      changed()
    })
  } catch (error) {
    forget(key)
    tellFault(`${name} could not be synced`, error)
  }
}

async function watch(job: string, name: string): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    const found = await ask<SyncJobView>(`/api/sync/status/${job}`).catch((error: unknown) => {
      if (error instanceof ApiError && error.isSilence) return null
      tellFault(`The sync of ${name} cannot be followed`, error)
      return 'lost' as const
    })
    if (found === 'lost') return
    if (found === null || found.ended_at === null) continue
    if (found.success) tell(`${name}: ${resultText(found)}`)
    else tellFault(`The sync of ${name} ended as ${found.state}`, faultOf(found))
    return
  }
}

function faultOf({ errors }: SyncJobView): ApiError {
  const [code = 'SYNC_FAILED', ...rest] = (errors[0] ?? '').split(': ')
  const hint = 'See Runs for all of it; a run that failed can be resumed there.'
  return new ApiError(500, { code, message: rest.join(': ') || 'it says no more', hint })
}

function forget(key: string): void {
  underWay.value = new Set([...underWay.value].filter((one) => one !== key))
}
