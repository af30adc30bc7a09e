import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Conflict } from '../../src/core/conflict.ts'
import type { FieldConflict } from '../../src/core/field-conflict.ts'
import { ConflictBook } from '../../src/pipeline/conflict-book.ts'
import { conflictLeftover, contestLeftover } from '../../src/pipeline/leftovers.ts'
import { Delivering } from '../support/delivering.ts'
import { fieldConflict } from '../support/field-conflict.ts'

let at: Delivering
beforeEach(async () => {
  at = await Delivering.open()
})
afterEach(() => at[Symbol.asyncDispose]())

const back = { connector: 'products-back', twin: 'products' }
const decision = { by: 'ann', atMs: 9_000, note: 'asked the shop' }

async function write(...conflicts: readonly FieldConflict[]): Promise<void> {
  for (const one of conflicts) await at.write(await contestLeftover(at.records, one))
}

async function opened(): Promise<ConflictBook> {
  const book = new ConflictBook({ log: at.log, records: at.records, signal: new AbortController().signal })
  await book.refresh()
  return book
}

test('what both directions have found is one conflict, with the findings of both', async () => {
  await write(fieldConflict(), fieldConflict({ ...back, foundAtMs: 2_000 }))
  const book = await opened()
  expect(book.list()).toMatchObject([{ kind: 'fields', state: 'open', connectors: ['products', 'products-back'] }])
  const findings = await book.findings(fieldConflict().id)
  expect(findings).toHaveLength(2)
  expect(findings).toContainEqual(fieldConflict())
})

test('one that is open stays so when the other direction, or the same, finds it settled', async () => {
  const settled = { verdict: 'mysql', why: 'newer', foundAtMs: 2_000 } as const
  await write(fieldConflict(), fieldConflict({ ...back, ...settled }), fieldConflict(settled))
  const book = await opened()
  expect(book.list()).toMatchObject([{ state: 'open', verdict: 'open', about: { why: 'a person decides' } }])
  expect([book.openFor('products'), book.openFor('products-back'), book.openFor('others')]).toEqual([1, 1, 0])
  expect(book.openFor()).toBe(1)
})

test('what a person has decided is not opened again by a repeat', async () => {
  await write(fieldConflict({ verdict: 'dynamodb', decision }), fieldConflict({ ...back, foundAtMs: 20_000 }))
  const book = await opened()
  expect(book.list()).toMatchObject([{ state: 'decided', verdict: 'dynamodb', about: { decision } }])
  await write(fieldConflict({ foundAtMs: 30_000 }))
  await book.refresh()
  expect(book.list()).toMatchObject([{ state: 'decided', verdict: 'dynamodb' }])
  expect(book.openFor('products')).toBe(0)
})

test('of several open ones of the same fields the newest counts', async () => {
  const older = fieldConflict({ mysql: { stage: 'older' }, foundAtMs: 500 })
  const other = fieldConflict({ row: 'p2', foundAtMs: 400 })
  const settled = fieldConflict({ verdict: 'mysql', mysql: { stage: 'settled' }, foundAtMs: 5_000 })
  await write(older, fieldConflict(), other, settled)
  const book = await opened()
  expect(book.list().map(({ id, state }) => [id, state])).toEqual([
    [settled.id, 'decided'],
    [fieldConflict().id, 'open'],
    [older.id, 'superseded'],
    [other.id, 'open'],
  ])
  await write(fieldConflict({ verdict: 'mysql', decision }))
  await book.refresh()
  expect(book.get(older.id).state).toBe('superseded')
})

test('clashes of identities stand beside them, and each can be asked for', async () => {
  const clash: Conflict = {
    ...{ connector: 'feedback', table: 'items', within: 'R#1', claim: 'EMAIL#a@b', holder: 'one', claimant: 'two' },
    ...{ cursor: 't1:0:3', foundAtMs: 1_500 },
  }
  await at.write(await conflictLeftover(at.records, clash))
  await write(fieldConflict())
  const book = await opened()
  expect(book.list().map(({ kind }) => kind)).toEqual(['claim', 'fields'])
  expect(book.list({ kind: 'claim' })).toMatchObject([{ state: 'open', connectors: ['feedback'], clash }])
  expect(book.list({ connector: 'products', state: 'open' })).toMatchObject([{ kind: 'fields' }])
  expect(book.list({ state: 'decided' })).toEqual([])
  expect(() => book.get('0'.repeat(16))).toThrow('there is no conflict')
})

test('versions too large to be kept leave a conflict without them', async () => {
  await write(fieldConflict({ mysql: { text: 'x'.repeat(3_000_000) } }))
  const book = await opened()
  const [known] = book.list()
  expect(known).toMatchObject({ state: 'open' })
  expect(await book.findings(known?.id ?? '')).toMatchObject([{ mysql: {}, why: expect.stringContaining('too large') }])
})
