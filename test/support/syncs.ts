// Orders syncs over HTTP and polls them, as the page with the button does.

import { expect } from 'vitest'
import type { SyncJobView, SyncStatusView } from '../../src/control/sync-view.ts'
import { Runs } from './runs.ts'
import { until } from './until.ts'

export class Syncs extends Runs {
  async order(venue: number | 'all'): Promise<string> {
    const answer = await this.ask('POST', `/api/sync/${venue}`)
    expect(answer).toEqual({ status: 202, body: { job_id: expect.any(String) } })
    return (answer.body as { job_id: string }).job_id
  }

  /** Held back until it is slow: it would else be over before anybody could look. */
  async orderSlow(venue: number | 'all', rowsPerSecond: number): Promise<string> {
    // Of two runs there is room for, each waits for its second page for longer than any test lasts.
    const others = await Promise.all([1, 2].map(() => this.backfill({ table: 'client' }, { rows_per_second: 0.001 })))
    for (const { id } of others) await this.is(id, ['running'])
    const job = await this.order(venue)
    await this.set(job, { limits: { rows_per_second: rowsPerSecond } })
    for (const { id } of others) {
      await this.ask('DELETE', `/api/runs/${id}`)
      await this.is(id, ['cancelled'])
    }
    return job
  }

  async job(id: string): Promise<SyncJobView> {
    return (await this.ask('GET', `/api/sync/status/${id}`)).body as SyncJobView
  }

  async status(venue: number): Promise<SyncStatusView> {
    return (await this.ask('GET', `/api/sync/status/${venue}`)).body as SyncStatusView
  }

  async statuses(): Promise<readonly SyncStatusView[]> {
    return (await this.ask('GET', '/api/sync/status')).body as readonly SyncStatusView[]
  }

  async history(limit?: number): Promise<readonly SyncJobView[]> {
    const query = limit === undefined ? '' : `?limit=${limit}`
    return (await this.ask('GET', `/api/sync/history${query}`)).body as readonly SyncJobView[]
  }

  async ended(id: string): Promise<SyncJobView> {
    const ask = async () => {
      const job = await this.job(id)
      return job.ended_at === null ? null : job
    }
    return until(ask, { what: `the sync ${id} has ended`, withinMs: 60_000, everyMs: 30 })
  }

  async sync(venue: number | 'all'): Promise<SyncJobView> {
    return this.ended(await this.order(venue))
  }
}
