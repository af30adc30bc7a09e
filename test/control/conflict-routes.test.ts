// Conflicts over HTTP and on the command line, from a real log.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { conflictRoutes } from '../../src/control/conflict-routes.ts'
import { conflictListView } from '../../src/control/conflict-view.ts'
import type { ControlServer } from '../../src/control/control-server.ts'
import { NO_TALLY } from '../../src/core/run.ts'
import { Exact } from '../../src/core/value.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import { ConflictBook, type KnownConflict, newestFirst } from '../../src/pipeline/conflict-book.ts'
import { ConflictDesk } from '../../src/pipeline/conflict-desk.ts'
import { conflictLeftover, contestLeftover } from '../../src/pipeline/leftovers.ts'
import { RunBook } from '../../src/pipeline/run-book.ts'
import { RunDesk } from '../../src/pipeline/run-desk.ts'
import { runCommand } from '../support/command.ts'
import { controlServer } from '../support/control-server.ts'
import { connector, Delivering } from '../support/delivering.ts'
import { fieldConflict } from '../support/field-conflict.ts'

const CLASH = {
  ...{ connector: 'feedback', table: 'items', within: 'R#1', claim: 'EMAIL#a@b', holder: 'one', claimant: 'two' },
  ...{ cursor: 't1:0:3', foundAtMs: Date.parse('2025-11-28T10:00:00Z') },
}
const CONTEST = fieldConflict({
  ...{ connector: 'feedback', twin: null, foundAtMs: Date.parse('2025-11-28T11:00:00Z') },
  mysql: { stage: 'live', price: new Exact('1.50'), large: 2n ** 60n },
  dynamodb: { stage: 'draft', price: 1.5, bytes: new Uint8Array([1]) },
})

let at: Delivering
let server: ControlServer
let address: string
beforeAll(async () => {
  at = await Delivering.open()
  await at.write(await conflictLeftover(at.records, CLASH), await contestLeftover(at.records, CONTEST))
  const book = new ConflictBook({ log: at.log, records: at.records, signal: new AbortController().signal })
  const connectors = [connector()]
  const runs = new RunBook({ log: at.log, records: at.records, signal: new AbortController().signal })
  const desk = new RunDesk({ log: at.log, records: at.records, clock: systemClock, book: runs })
  const conflictDesk = new ConflictDesk({ desk, book, connectors })
  const forecast = { rows: 1, isExact: true, sample: NO_TALLY, writeUnits: 1, minutes: null }
  server = controlServer({
    routes: [conflictRoutes({ book, connectors, conflictDesk, forecast: async () => forecast })],
  })
  address = await server.listen()
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await at[Symbol.asyncDispose]()
})

function known(at: number): KnownConflict {
  const id = String(at).padStart(16, '0')
  return { kind: 'claim', id, state: 'open', connectors: ['feedback'], foundAtMs: 5 + (at % 2), clash: CLASH }
}

async function ask(path: string, posted?: object) {
  const headers = { 'content-type': 'application/json' }
  const given = posted === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(posted) }
  const response = await fetch(`${address}${path}`, given)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('the API of conflicts', () => {
  test('lists them, the newest first', async () => {
    const { body } = await ask('/api/conflicts')
    expect(body).toMatchObject({
      total: 2,
      conflicts: [
        { id: CONTEST.id, kind: 'fields', state: 'open', row: 'p1', group: 'assessment', verdict: 'open' },
        { kind: 'claim', state: 'open', row: 'R#1 EMAIL#a@b', found_at: '2025-11-28T10:00:00.000Z', group: null },
      ],
    })
  })

  test.each([
    ['?kind=claim', ['claim'], 1],
    ['?connector=feedback&state=open&limit=1', ['fields'], 2],
    ['?state=superseded', [], 0],
  ])('narrows them down by %s', async (query, kinds, total) => {
    const { body } = await ask(`/api/conflicts${query}`)
    expect(body.total).toBe(total)
    expect((body.conflicts as { kind: string }[]).map(({ kind }) => kind)).toEqual(kinds)
  })

  test('are read page by page, each once, also where a page ends among those of the same time', async () => {
    const first = (await ask('/api/conflicts?limit=1')).body
    const second = (await ask(`/api/conflicts?limit=1&before=${first.next}`)).body
    expect([first, second].map(({ conflicts }) => (conflicts as { kind: string }[])[0]?.kind)).toEqual([
      'fields',
      'claim',
    ])
    expect(second).toMatchObject({ total: 2, next: null })
    const all = Array.from({ length: 7 }, (_, at) => known(at)).toSorted(newestFirst)
    const read: string[] = []
    for (let before: string | undefined, limit = 3; read.length < 7; limit = 2) {
      const page = conflictListView(all, { limit, before })
      read.push(...page.conflicts.map(({ id }) => id))
      before = page.next ?? undefined
    }
    expect(read).toEqual(all.map(({ id }) => id))
  })

  test('shows both versions field by field', async () => {
    const { status, body } = await ask(`/api/conflicts/${CONTEST.id}`)
    expect([status, body.holder]).toEqual([200, null])
    expect(body.fields).toEqual([
      { name: 'bytes', mysql: null, dynamodb: 'AQ==', before: null, differs: true },
      { name: 'large', mysql: '1152921504606846976', dynamodb: null, before: null, differs: true },
      { name: 'price', mysql: '1.50', dynamodb: 1.5, before: null, differs: false },
      { name: 'stage', mysql: 'live', dynamodb: 'draft', before: 'new', differs: true },
    ])
  })

  test('shows who lays claim to the same', async () => {
    const { body: list } = await ask('/api/conflicts?kind=claim')
    const [{ id }] = list.conflicts as [{ id: string }]
    expect((await ask(`/api/conflicts/${id}`)).body).toMatchObject({ id, holder: 'one', claimant: 'two', fields: [] })
  })

  test.each([
    ['an id that there is not', `/${'0'.repeat(16)}`, 404, 'CONFLICT_UNKNOWN', 'millrace conflicts'],
    ['an id that is none', '/constructor', 400, 'REQUEST_INVALID', 'is no id of a conflict'],
    ['a connector with a slip', '?connector=feedbak', 400, 'SCOPE_INVALID', 'did you mean feedback'],
    ['a state that is none', '?state=closed', 400, 'REQUEST_INVALID', 'state'],
    ['a kind that is none', '?kind=clash', 400, 'REQUEST_INVALID', 'kind'],
    ['no limit at all', '?limit=0', 400, 'REQUEST_INVALID', 'limit'],
    ['a huge limit', '?limit=100000', 400, 'REQUEST_INVALID', 'limit'],
    ['a page that is none', '?before=7', 400, 'REQUEST_INVALID', 'before'],
    ['a name that is none', '?table=x', 400, 'REQUEST_INVALID', 'table'],
  ])('refuses %s', async (_name, path, status, code, said) => {
    const answer = await ask(`/api/conflicts${path}`)
    const error = answer.body.error as Record<string, string>
    expect([answer.status, error.code]).toEqual([status, code])
    expect(`${error.message} ${error.hint}`).toContain(said)
    expect(error.hint).not.toBe('')
  })
})

describe('a decision over HTTP', () => {
  const decide = (id: string, body: object) => ask(`/api/conflicts/${id}/resolve`, body)

  test.each([
    ['no side', {}, 400, 'REQUEST_INVALID', 'take'],
    ['a side that is none', { take: 'redis' }, 400, 'REQUEST_INVALID', 'take'],
    ['a field that is none', { take: 'mysql', force: true }, 400, 'REQUEST_INVALID', 'force'],
    ['a note too long', { take: 'mysql', note: 'x'.repeat(2_000) }, 400, 'REQUEST_INVALID', 'note'],
    ['a side that nobody writes to', { take: 'dynamodb' }, 400, 'SCOPE_INVALID', 'no connector writes there'],
  ])('with %s is refused', async (_name, body, status, code, said) => {
    const answer = await decide(CONTEST.id, body)
    const error = answer.body.error as Record<string, string>
    expect([answer.status, error.code]).toEqual([status, code])
    expect(`${error.message} ${error.hint}`).toContain(said)
  })

  test('about no conflict is refused', async () => {
    expect(await decide('0'.repeat(16), { take: 'mysql' })).toMatchObject({ status: 404 })
  })

  test('is a run; a dry run is none', async () => {
    expect(await decide(CONTEST.id, { take: 'mysql', dry_run: true })).toMatchObject({ body: { dry_run: true } })
    const { status, body } = await decide(CONTEST.id, { take: 'mysql', note: 'asked' })
    expect([status, body.kind, body.state]).toEqual([202, 'resolve', 'queued'])
    expect((await decide(CONTEST.id, { take: 'mysql' })).body.id).toBe(body.id)
  })
})

describe('the command', () => {
  const conflicts = (...words: readonly string[]) =>
    runCommand(['conflicts', ...words], {
      ...{ MILLRACE_MYSQL_URL: 'mysql://nobody@127.0.0.1:1/app', MILLRACE_LOG: `file:${at.path}` },
      ...{ MILLRACE_DYNAMODB_ENDPOINT: 'http://127.0.0.1:1', AWS_REGION: 'local', MILLRACE_PARTITIONS: '4' },
    })

  test('lists and shows them', async () => {
    const [list, one] = await Promise.all([conflicts(), conflicts('show', CONTEST.id)])
    expect([list.err, list.code]).toEqual(['', 0])
    expect(list.out).toContain('2 conflicts\n')
    expect(list.out).toContain(`${CONTEST.id}  2025-11-28T11:00:00.000Z  open  products p1 assessment`)
    expect(one.out).toContain('* stage\n      mysql     "live"\n      dynamodb  "draft"\n      before    "new"\n')
    const json = await conflicts('list', '--kind', 'claim', '--json')
    expect(JSON.parse(json.out)).toEqual((await ask('/api/conflicts?kind=claim')).body)
  })

  test('refuses what it cannot do', async () => {
    const given = [
      ['solve'],
      ['list', 'x'],
      ['show'],
      ['show', 'a', '--state', 'open'],
      ['resolve', '0'.repeat(16)],
      ['show', '0'.repeat(16)],
    ]
    const ended = await Promise.all(given.map((words) => conflicts(...words)))
    expect(ended.map(({ code, err }) => [code, err.split('\n')[0]])).toEqual([
      [2, expect.stringContaining('does list, show, resolve, not "solve"')],
      [2, expect.stringContaining('list takes no argument "x"')],
      [2, expect.stringContaining('show needs the id')],
      [2, expect.stringContaining('show takes no --state')],
      [2, expect.stringContaining('resolve needs --take')],
      [expect.any(Number), expect.stringContaining('CONFLICT_UNKNOWN')],
    ])
    expect(ended.at(-1)?.code).not.toBe(0)
  })
})
