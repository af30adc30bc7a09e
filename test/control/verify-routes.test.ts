// What verifications have found, over HTTP, from a real log.

import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ControlServer } from '../../src/control/control-server.ts'
import { verifyRoutes } from '../../src/control/verify-routes.ts'
import type { VerificationView } from '../../src/control/verify-view.ts'
import type { RowDifference } from '../../src/core/difference.ts'
import { NO_LIMITS } from '../../src/core/run.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import { DIFFERENCES_MAX, differenceRecord } from '../../src/pipeline/differences.ts'
import { RunBook } from '../../src/pipeline/run-book.ts'
import { RunDesk } from '../../src/pipeline/run-desk.ts'
import { controlServer } from '../support/control-server.ts'
import { Delivering } from '../support/delivering.ts'

let at: Delivering
let server: ControlServer
let address: string
let run: string
beforeEach(async () => {
  at = await Delivering.open()
  const reading = { log: at.log, records: at.records, signal: new AbortController().signal }
  const desk = new RunDesk({ ...reading, clock: systemClock, book: new RunBook(reading) })
  const given = { kind: 'verify', connector: 'feedback', scope: '{}', limits: NO_LIMITS, by: 'ann' } as const
  run = (await desk.order(given)).order.id
  server = controlServer({ routes: [verifyRoutes({ desk, connectors: [], place: at })] })
  address = await server.listen()
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await at[Symbol.asyncDispose]()
})

function difference(row: number, foundAtMs: number): RowDifference {
  return {
    ...{ run, connector: 'feedback', venue: null, sourceTable: 'comment', row: `[${row}]`, table: 'items' },
    ...{ key: ['R#1', `C#${row}`], fields: [], is: 'missing', why: 'x', isMended: false, foundAtMs },
  }
}

async function found(...differences: readonly RowDifference[]): Promise<void> {
  await at.write(...(await Promise.all(differences.map((one) => differenceRecord(at.records, one)))))
}

async function ask(query: string): Promise<{ status: number; body: VerificationView }> {
  const response = await fetch(`${address}/api/verify/${run}?${query}`)
  return { status: response.status, body: (await response.json()) as VerificationView }
}

test('differences are told page by page, each once, and how many there are in all', async () => {
  await found(...[7, 3, 5, 1, 2].map((row) => difference(row, row < 5 ? 10 : 20)), difference(6, 30))
  const rows: unknown[] = []
  let next: string | null = null
  do {
    const { body } = await ask(`limit=2${next === null ? '' : `&after=${next}`}`)
    if (next === null) await found(difference(8, 30))
    expect(body).toMatchObject({ differences_total: rows.length === 0 ? 6 : 7, is_record_full: false })
    rows.push(...body.differences.flatMap(({ row }) => row))
    next = body.next
  } while (next !== null)
  expect([rows.slice(0, 3).toSorted(), rows.slice(3, 5).toSorted(), rows.slice(5).toSorted()]).toEqual([
    [1, 2, 3],
    [5, 7],
    [6, 8],
  ])
})

test('a record that is full says so', async () => {
  await found(...Array.from({ length: DIFFERENCES_MAX }, (_, row) => difference(row, row)))
  const { body } = await ask('limit=1')
  expect(body).toMatchObject({ differences_total: DIFFERENCES_MAX, is_record_full: true })
})

test.each(['after=yesterday', 'after=7', 'limit=0'])('%s is refused', async (query) => {
  expect(await ask(query)).toMatchObject({
    status: 400,
    body: { error: { code: 'REQUEST_INVALID', message: expect.stringContaining(query.split('=')[0] ?? '') } },
  })
})
