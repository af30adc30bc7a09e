// A person settles what both sides changed: neither is touched until then, and afterwards both agree.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AuditView } from '../../src/control/audit-view.ts'
import type { ConflictDetailView, ConflictListView, ConflictView } from '../../src/control/conflict-view.ts'
import type { FlowView } from '../../src/control/flow-view.ts'
import type { RunView } from '../../src/control/run-view.ts'
import type { StatusView } from '../../src/control/status-view.ts'
import { openDynamodbLocal } from '../../src/stack/dynamodb-local.ts'
import { openDynoxide } from '../../src/stack/dynoxide.ts'
import { ASSESSED, ProductsPlace } from '../support/products-place.ts'
import { Runs } from '../support/runs.ts'
import { until } from '../support/until.ts'

const EMULATORS = { 'DynamoDB Local': openDynamodbLocal, 'the light emulator': openDynoxide }
const SETTINGS = {
  MILLRACE_PRODUCTS_POLICY: 'review',
  MILLRACE_TOKENS: 'eve:viewer:token-of-a-viewer,ann:operator:token-of-an-operator',
}
const BOTH = ['products', 'products-assessed']

describe.each(Object.entries(EMULATORS))('conflicts under review, on %s', (_name, openServer) => {
  let opened: AsyncDisposableStack
  let place: ProductsPlace
  let runs: Runs
  let viewer: Runs
  beforeEach(async () => {
    opened = new AsyncDisposableStack()
    const emulator = opened.use(await openServer())
    place = opened.use(await ProductsPlace.open(emulator.url, SETTINGS))
    const first = await place.millrace()
    for (const id of [5, 6]) await place.product(id)
    expect(await first.stop()).toBe(0)
    for (const id of [5, 6]) await place.table.update({ id: `${id}` }, ASSESSED)
    await place.database.query("UPDATE products SET lifecycle_stage = 'kept'")
    const millrace = await place.millrace()
    runs = new Runs(millrace, 'token-of-an-operator')
    viewer = new Runs(millrace, 'token-of-a-viewer')
  })
  afterEach(() => opened.disposeAsync())

  const listed = async () => ((await runs.ask('GET', '/api/conflicts')).body as ConflictListView).conflicts

  /** Once both directions have found them. */
  function open(): Promise<readonly [ConflictView, ConflictView]> {
    const look = async () => {
      const found = (await listed()).toSorted((one, other) => one.row.localeCompare(other.row))
      const isMet = found.length === 2 && found.every(({ connectors }) => connectors.join() === BOTH.join())
      return isMet ? (found as unknown as readonly [ConflictView, ConflictView]) : null
    }
    return until(look, { what: 'both conflicts are found from both sides' })
  }

  const row = (id: number) => place.row(id)
  const item = (id: number) => place.table.get({ id: `${id}` })

  test('one is resolved on the command line, the other over HTTP, and both sides agree', async () => {
    const [ofPhone, ofLaptop] = await open()
    expect(await row(5)).toMatchObject({ lifecycle_stage: 'kept', assessed: null })
    expect(await item(6)).toMatchObject(ASSESSED)

    const listing = await place.command('conflicts', 'list', '--state', 'open', '--json')
    expect((JSON.parse(listing.out) as ConflictListView).conflicts.map(({ id }) => id).toSorted()).toEqual(
      [ofPhone.id, ofLaptop.id].toSorted(),
    )
    expect((await place.command('conflicts')).out).toMatch(/^2 conflicts\n.* open .* products (5|6) assessment/u)
    const shown = await place.command('conflicts', 'show', ofPhone.id)
    expect(shown).toMatchObject({ code: 0, err: '' })
    expect(shown.out).toMatch(
      /\* lifecycle_stage\n +mysql +"kept"\n +dynamodb +"assessed_approved"\n +before +"pending"/u,
    )

    const status = JSON.parse((await place.command('status', '--json')).out) as StatusView
    const told = '2 open conflicts, found by products and products-assessed'
    expect(status).toMatchObject({ connectors: BOTH.map(() => ({ open_conflicts: 2 })), open_conflicts: 2 })
    expect(status.advice.filter((line) => line.includes('conflict'))).toEqual([expect.stringContaining(told)])
    const flow = (await viewer.ask('GET', '/api/flow')).body as FlowView
    expect([flow.open_conflicts, flow.troubles.map(({ what }) => what)]).toEqual([2, [told]])

    const dry = await place.command('conflicts', 'resolve', ofPhone.id, '--take', 'dynamodb', '--dry-run')
    expect(dry).toMatchObject({ code: 0, err: '' })
    expect(await row(5)).toMatchObject({ lifecycle_stage: 'kept', assessed: null })

    const take = ['--take', 'dynamodb', '--note', 'the phone was right']
    expect(await place.command('conflicts', 'resolve', ofPhone.id, ...take)).toMatchObject({ code: 0, err: '' })
    expect(await row(5)).toMatchObject({
      ...{ lifecycle_stage: 'assessed_approved', modesty_status: 'modest', shopify_status: 'published' },
      ...{ assessed: '2025-11-23 18:30:00.000', title: 'P5' },
    })
    expect(await item(6)).toMatchObject(ASSESSED)
    const answer = await runs.ask('POST', `/api/conflicts/${ofLaptop.id}/resolve`, { take: 'mysql', note: 'keep it' })
    expect(answer).toMatchObject({ status: 202, body: { kind: 'resolve', connector: 'products' } })
    expect(await runs.done(answer.body as RunView)).toMatchObject({ state: 'done', tally: { applied: 1 } })
    const kept = await item(6)
    expect(kept).toMatchObject({ lifecycle_stage: 'kept', title: 'P6' })
    expect(kept).not.toHaveProperty('assessed_at')

    const decided = /^decided by command line at 20\d\d-\d\d-\d\dT[\d:.]+Z: the phone was right$/mu
    expect((await place.command('conflicts', 'show', ofPhone.id)).out.replaceAll(/^ +/gmu, '')).toMatch(decided)
    const { body } = await runs.ask('GET', `/api/conflicts/${ofLaptop.id}`)
    expect(body).toMatchObject({ state: 'decided', verdict: 'mysql', decided_by: 'ann', note: 'keep it' })
    expect(Date.now() - Date.parse((body as ConflictDetailView).decided_at ?? '')).toBeLessThan(600_000)

    const { entries } = (await viewer.ask('GET', '/api/audit')).body as AuditView
    expect(entries).toMatchObject([
      { by: 'ann', action: 'order', kind: 'resolve', details: { id: ofLaptop.id, take: 'mysql', note: 'keep it' } },
      { by: 'command line', action: 'order', kind: 'resolve', details: { id: ofPhone.id, take: 'dynamodb' } },
    ])

    const { connectors, advice } = JSON.parse((await place.command('status', '--json')).out)
    expect(connectors).toMatchObject(BOTH.map((connector) => ({ connector, open_conflicts: 0 })))
    expect(connectors.flatMap(({ tables }: { tables: unknown[] }) => tables)).toMatchObject([
      { compared: 2, differing: 0 },
      { compared: 2, differing: 0 },
    ])
    expect(advice).toEqual([])
    // They agree, so the next change of either side is a change and no conflict.
    await place.table.update({ id: '6' }, { lifecycle_stage: 'again' })
    await place.database.query("UPDATE products SET lifecycle_stage = 'sold' WHERE id = 5")
    await until(async () => ((await row(6))?.lifecycle_stage === 'again' ? true : null), { what: 'the phone is heard' })
    await until(async () => ((await item(5))?.lifecycle_stage === 'sold' ? true : null), { what: 'so is the laptop' })
    expect(await listed()).toHaveLength(2)
  })

  test('what cannot be resolved is refused, and changes nothing', async () => {
    const [one, other] = await open()
    const unknown = '0123456789abcdef'
    const refused = async (words: readonly string[], code: number, said: string) => {
      const ended = await place.command('conflicts', ...words)
      expect([ended.code, ended.out]).toEqual([code, ''])
      expect(ended.err).toContain(said)
    }
    await refused(['resolve', unknown, '--take', 'mysql'], 3, `CONFLICT_UNKNOWN: there is no conflict ${unknown}`)
    await refused(['show', unknown], 3, 'CONFLICT_UNKNOWN')
    await refused(['resolve', 'seven', '--take', 'mysql'], 2, 'is no id of a conflict')
    await refused(['resolve', one.id], 2, 'resolve needs --take mysql or --take dynamodb')
    await refused(['resolve', one.id, '--take', 'phone'], 2, 'take: ')
    await refused(['resolve', one.id, other.id, '--take', 'mysql'], 2, 'needs the id of one conflict')
    const asked = async (id: string, body: unknown, by = runs) => {
      const answer = await by.ask('POST', `/api/conflicts/${id}/resolve`, body)
      return [answer.status, (answer.body as { error: { code: string } }).error.code]
    }
    expect(await asked(unknown, { take: 'mysql' })).toEqual([404, 'CONFLICT_UNKNOWN'])
    expect(await asked('seven', { take: 'mysql' })).toEqual([400, 'REQUEST_INVALID'])
    expect(await asked(one.id, { take: 'phone' })).toEqual([400, 'REQUEST_INVALID'])
    expect(await asked(one.id, {})).toEqual([400, 'REQUEST_INVALID'])
    expect(await asked(one.id, { take: 'mysql' }, viewer)).toEqual([403, 'ROLE_MISSING'])
    expect(await runs.list()).toEqual([])
    expect(await row(5)).toMatchObject({ lifecycle_stage: 'kept' })
    expect(await item(5)).toMatchObject(ASSESSED)

    expect(await place.command('conflicts', 'resolve', one.id, '--take', 'mysql')).toMatchObject({ code: 0, err: '' })
    await refused(['resolve', one.id, '--take', 'mysql'], 3, `CONFLICT_SETTLED: the conflict ${one.id} is decided`)
    await refused(['resolve', one.id, '--take', 'dynamodb'], 3, 'CONFLICT_SETTLED')
    expect(await asked(one.id, { take: 'mysql' })).toEqual([409, 'CONFLICT_SETTLED'])
    expect(await runs.list()).toHaveLength(1)
    expect(await item(5)).toMatchObject({ lifecycle_stage: 'kept' })
  })
})
