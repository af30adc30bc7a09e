// Orders of syncs, over HTTP and on the command line: one job for each, and clear refusals.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from '../support/command.ts'
import { SyncPlace, wallTime } from '../support/sync-place.ts'
import { Syncs } from '../support/syncs.ts'

let place: SyncPlace
beforeEach(async () => {
  place = await SyncPlace.open()
})
afterEach(() => place[Symbol.asyncDispose]())

describe('orders of syncs', () => {
  test('at once, in two processes, make one job', async () => {
    const venue = await place.site.venue('Opus')
    await place.visits(venue, 10)
    const all = await Promise.all([place.started(), place.started(['--role', 'control'])])
    const jobs = await Promise.all([0, 1, 2, 3, 4, 5].map((index) => all[index % 2]!.order(venue)))
    expect(new Set(jobs).size).toBe(1)
    await all[0].ended(jobs[0]!)
    expect(await all[1].history()).toHaveLength(1)
    expect(await all[1].order(venue)).not.toBe(jobs[0])
  })

  test('list in history, the newest first, so many as are asked for', async () => {
    const venue = await place.site.venue('Opus')
    const syncs = await place.started()
    const jobs: string[] = []
    for (let index = 0; index < 12; index++) jobs.unshift((await syncs.sync(index % 2 === 0 ? venue : 'all')).job_id)
    expect((await syncs.history()).map(({ job_id }) => job_id)).toEqual(jobs.slice(0, 10))
    expect((await syncs.history(3)).map(({ job_id }) => job_id)).toEqual(jobs.slice(0, 3))
    expect((await syncs.history(1_000)).map(({ job_id }) => job_id)).toEqual(jobs)
    for (const limit of ['0', '1001', '-1', '1.5', 'ten', '']) {
      const answer = await syncs.ask('GET', `/api/sync/history?limit=${limit}`)
      expect([limit, answer]).toEqual([limit, { status: 400, body: { error: expect.objectContaining(INVALID) } }])
      expect(answer.body).toMatchObject({ error: { message: expect.stringContaining('limit') } })
    }
  })

  test('that cannot be meant are refused by name, and nothing is begun', async () => {
    await place.site.venue('Opus')
    const syncs = await place.started()
    const refused = async (method: string, path: string) => {
      const { status, body } = await syncs.ask(method, path)
      return [status, (body as { error: { code: string } }).error.code]
    }
    expect(await refused('POST', '/api/sync/99')).toEqual([404, 'VENUE_UNKNOWN'])
    expect(await refused('GET', '/api/sync/status/99')).toEqual([404, 'VENUE_UNKNOWN'])
    expect(await refused('GET', '/api/sync/status/0b7a2d06-6a0c-4d51-9e0c-0a5a8d6a5a11')).toEqual([404, 'RUN_UNKNOWN'])
    for (const id of ['0', '-1', '1.5', 'abc', '1%20OR%201', '99999999999999999999', '%00']) {
      expect([id, await refused('POST', `/api/sync/${id}`)]).toEqual([id, [400, 'REQUEST_INVALID']])
      expect([id, await refused('GET', `/api/sync/status/${id}`)]).toEqual([id, [400, 'REQUEST_INVALID']])
    }
    expect(await refused('GET', '/api/sync/1')).toEqual([405, 'METHOD_NOT_ALLOWED'])
    expect(await refused('DELETE', '/api/sync/all')).toEqual([405, 'METHOD_NOT_ALLOWED'])
    expect(await refused('PUT', '/api/sync/history')).toEqual([405, 'METHOD_NOT_ALLOWED'])
    expect(await syncs.history()).toEqual([])
  })

  test('take a body that asks for a dry run or nothing, and none that is not JSON', async () => {
    const venue = await place.site.venue('Opus')
    const { url } = await place.millrace()
    const post = async (type: string, body: string) => {
      const answer = await fetch(`${url}/api/sync/${venue}`, {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      })
      return answer.status
    }
    expect(await post('text/plain', 'now')).toBe(415)
    expect(await post('application/xml', '<now/>')).toBe(415)
    expect(await post('application/json', '{')).toBe(400)
    expect(await post('application/json', '{"full":true}')).toBe(400)
    expect(await post('application/json', '{"dry_run":"yes"}')).toBe(400)
    expect(await new Syncs({ url }).history()).toEqual([])
    expect(await post('application/json', '{}')).toBe(202)
    expect(await post('application/json', '')).toBe(202)
  })
})

describe('millrace sync', () => {
  const env = () => ({
    ...place.settings,
    ...{ AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
  })

  test('orders one and says what came of it', async () => {
    const venue = await place.site.venue('Opus')
    await place.visits(venue, 4)
    const syncs = await place.started()
    const one = await runCommand(['sync', String(venue), '--yes', '--json'], env())
    expect([one.code, one.err]).toEqual([0, ''])
    expect(JSON.parse(one.out)).toMatchObject({ success: true, client_id: venue, new_comments: 4, new_customers: 4 })
    const all = await runCommand(['sync', '--all'], env())
    expect([all.code, all.err]).toEqual([0, ''])
    expect(all.out).toContain('0 new comments, 0 new customers')
    expect(await syncs.history()).toMatchObject([{ client_id: null }, { client_id: venue, by: 'command line' }])
  })

  test('and its endpoint say what they would do, of one venue and of all, and change nothing', async () => {
    const venue = await place.site.venue('Opus')
    const other = await place.site.venue('Bella')
    await place.visits(venue, 6)
    const syncs = await place.started()
    await syncs.sync(venue)
    await place.unlogged(() => place.visits(venue, 4, wallTime(0)))
    await place.unlogged(() => place.visits(other, 3))
    const before = await place.untouched()
    const one = { dry_run: true, rows: 1 + 4, rows_exact: true, minutes: null }
    // Whether the venue's own row would be applied depends on what else the server has logged meanwhile.
    const made = { rejected: 0, exists: 0, writes: { 'create applied': 4 } }
    const asked = await syncs.ask('POST', `/api/sync/${venue}`, { dry_run: true })
    expect(asked).toMatchObject({ status: 200, body: { ...one, sample: made } })
    const ended = await runCommand(['sync', String(venue), '--dry-run', '--json'], env())
    expect([ended.code, ended.err]).toEqual([0, ''])
    expect(JSON.parse(ended.out)).toMatchObject({ ...one, sample: made })
    const all = await syncs.ask('POST', '/api/sync/all', { dry_run: true })
    expect(all).toMatchObject({ status: 200, body: { sample: { writes: { 'create applied': 7 } } } })
    expect(await syncs.ask('POST', '/api/sync/99', { dry_run: true })).toMatchObject({ status: 404 })
    expect(await syncs.history()).toHaveLength(1)
    expect(await place.untouched()).toEqual(before)
    expect(await syncs.sync(venue)).toMatchObject({ new_comments: 4 })
  })

  test.each([
    ['neither a venue nor --all', ['sync'], 2, 'either a venue or --all'],
    ['both', ['sync', '1', '--all'], 2, 'either a venue or --all'],
    ['what is no venue', ['sync', 'opus'], 2, 'takes the number of a venue, not "opus"'],
    ['a venue that is not there', ['sync', '99'], 3, 'VENUE_UNKNOWN: there is no venue 99'],
  ])('refuses %s', async (_, args, code, says) => {
    const ended = await runCommand(args, env())
    expect([ended.code, ended.out]).toEqual([code, ''])
    expect(ended.err).toContain(says)
  })
})

const INVALID = { code: 'REQUEST_INVALID' }
