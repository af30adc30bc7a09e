// What the API and the commands of gaps refuse, with a code, a message and a hint, and without changing anything.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GapView } from '../../src/control/gap-view.ts'
import { runCommand } from '../support/command.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import { Runs } from '../support/runs.ts'
import { until } from '../support/until.ts'

let place: FeedbackPlace
let runs: Runs
let viewer: Runs

const listed = async () => (await runs.ask('GET', '/api/gaps')).body as readonly GapView[]

beforeAll(async () => {
  place = await FeedbackPlace.open({
    MILLRACE_TOKENS: 'eve:viewer:token-of-a-viewer,bob:operator:token-of-an-operator',
  })
  const millrace = await place.millrace()
  runs = new Runs(millrace, 'token-of-an-operator')
  viewer = new Runs(millrace, 'token-of-a-viewer')
  await place.site.venue('emptied')
  await until(async () => ((await place.table.items()).length === 1 ? true : null), { what: 'the venue' })
  await place.site.connection.query('TRUNCATE TABLE client')
  await until(async () => ((await listed()).length === 1 ? true : null), { what: 'a gap' })
})
afterAll(() => place[Symbol.asyncDispose]())

const repair = (body?: unknown) => ['POST', '/api/gaps/repair', body] as const

describe('the API of gaps refuses', () => {
  test.each([
    ['a gap that is none', repair({ gap: 'mysql.app:1:client' }), 404, 'GAP_UNKNOWN', 'millrace gaps'],
    ['a gap of the prototype', repair({ gap: 'constructor' }), 404, 'GAP_UNKNOWN', 'constructor'],
    ['a connector with a slip', repair({ connector: 'feedbak' }), 400, 'SCOPE_INVALID', 'did you mean feedback'],
    ['a gap of the wrong type', repair({ gap: 7 }), 400, 'REQUEST_INVALID', 'gap'],
    ['an empty gap', repair({ gap: '' }), 400, 'REQUEST_INVALID', 'gap'],
    ['a gap too long', repair({ gap: 'x'.repeat(20_000) }), 400, 'REQUEST_INVALID', 'gap'],
    ['many connectors', repair({ connector: ['feedback'] }), 400, 'REQUEST_INVALID', 'connector'],
    ['a field that is none', repair({ table: 'client' }), 400, 'REQUEST_INVALID', 'table'],
    ['no rate at all', repair({ limits: { rows_per_second: 0 } }), 400, 'REQUEST_INVALID', 'rows_per_second'],
    ['a huge rate', repair({ limits: { rows_per_second: 1e12 } }), 400, 'REQUEST_INVALID', 'rows_per_second'],
    ['a dry run of the wrong type', repair({ dry_run: 'yes' }), 400, 'REQUEST_INVALID', 'dry_run'],
    ['a dry run of no gap', repair({ gap: 'none', dry_run: true }), 404, 'GAP_UNKNOWN', 'none'],
    ['a list', repair([1]), 400, 'REQUEST_INVALID', ''],
    ['no body', repair(), 400, 'REQUEST_INVALID', ''],
    ['another method', ['DELETE', '/api/gaps', undefined] as const, 405, 'METHOD_NOT_ALLOWED', 'GET'],
  ] as const)('%s', async (_name, [method, path, body], status, code, said) => {
    const before = await listed()
    const answer = await runs.ask(method, path, body)
    const { error } = answer.body as { error: Record<string, string> }
    expect([answer.status, error.code]).toEqual([status, code])
    expect(Object.keys(error)).toEqual(['code', 'message', 'hint'])
    expect(error.hint).not.toBe('')
    expect(`${error.message} ${error.hint}`).toContain(said)
    expect([await listed(), await runs.list()]).toEqual([before, []])
  })

  test('whoever may only look', async () => {
    expect(await viewer.ask('POST', '/api/gaps/repair', {})).toMatchObject({ status: 403 })
    expect(await viewer.ask('GET', '/api/gaps')).toMatchObject({ status: 200, body: [{ tables: ['client'] }] })
    expect(await runs.list()).toEqual([])
  })
})

describe('the commands of gaps', () => {
  const run = (...args: readonly string[]) =>
    runCommand(args, {
      ...{ AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
      ...place.settings,
    })

  test.each([
    ['an action that is none', ['gaps', 'close'], 2, 'does list, not "close"'],
    ['a word too many', ['gaps', 'list', 'all'], 2, 'takes no argument "all"'],
    ['one gap and all', ['repair', '--gap', 'x', '--all'], 2, 'either --gap or --all'],
    ['a gap that is none', ['repair', '--gap', 'x'], 3, 'GAP_UNKNOWN: there is no gap "x"'],
    ['a connector that is none', ['repair', '--connector', 'feedbak'], 3, 'did you mean feedback'],
    ['no rate at all', ['repair', '--rows-per-second', '0'], 2, 'above 0'],
  ] as const)('refuse %s', async (_name, args, code, says) => {
    const ended = await run(...args)
    expect([ended.code, ended.out]).toEqual([code, ''])
    expect(ended.err).toContain(says)
    expect(await runs.list()).toEqual([])
  })

  test('order a repair and leave; afterwards there is nothing to do', async () => {
    const [gap] = await listed()
    const { code, out } = await run('repair', '--gap', gap!.id, '--rows-per-second', '1', '--detach', '--json')
    expect(code).toBe(0)
    const { id } = JSON.parse(out) as { id: string }
    expect(await runs.done({ id })).toMatchObject({ state: 'done', by: 'command line', rows: 1 })
    expect(await runs.ask(...repair({}))).toMatchObject({ status: 409, body: { error: { code: 'NOTHING_TO_REPAIR' } } })
    expect(await runs.ask(...repair({ gap: gap!.id, dry_run: true }))).toMatchObject({ status: 409 })
    expect((await run('gaps')).out).toContain(`feedback repaired at`)
    expect(await runs.list()).toHaveLength(1)
  })
})
