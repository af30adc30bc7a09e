// Items that MySQL cannot take, through the whole line: each waits for a person with its reason, and the rest goes on.

import { expect, test } from 'vitest'
import type { ConflictListView } from '../../src/control/conflict-view.ts'
import type { DeadListView } from '../../src/control/dead-view.ts'
import { openDynoxide } from '../../src/stack/dynoxide.ts'
import { Millrace } from '../support/millrace.ts'
import { ASSESSED, ProductsPlace } from '../support/products-place.ts'
import { StreamTable } from '../support/stream-table.ts'
import { until } from '../support/until.ts'

const SHELVES = new URL('../support/connectors/shelves.ts', import.meta.url).pathname
const CONNECTORS = `products,feedback-replies,${SHELVES}`

const TABLES = [
  'CREATE TABLE room (id INT PRIMARY KEY)',
  'INSERT INTO room VALUES (1)',
  `CREATE TABLE shelf (id VARCHAR(20) PRIMARY KEY, label VARCHAR(20) NOT NULL, amount INT, room INT,
    CONSTRAINT shelf_room FOREIGN KEY (room) REFERENCES room (id))`,
  'CREATE TABLE comment (idcomment INT PRIMARY KEY, reply VARCHAR(100), date_replied DATETIME)',
  'INSERT INTO comment (idcomment) VALUES (1), (2)',
]

const RESPONSE = { pk: 'R#1', status: 'approved', response_text: 'Thank you.', approved_at: '2026-01-31T12:00:00Z' }

/** In MySQL's own words where it is MySQL who says it. */
const REASONS = [
  /^products-assessed: .*id is "dress", which is the number of no product$/u,
  /^products-assessed: .*assessed_at is no ISO time, for example/u,
  /^products-assessed: products \[2\]: Data (too long|truncated) for column 'modesty_status'/u,
  /^feedback-replies: .*original_review_id does not say which comment is answered/u,
  /^feedback-replies: comment \[99999999999\]: .*no such row/u,
  /^feedback-replies: comment \[1\]: Data (too long|truncated) for column 'reply'/u,
  /^feedback-replies: .*approved_at is no ISO time, for example/u,
  /^shelves: .*a shelf needs a label$/u,
  /^shelves: shelf \[range\]: Out of range value for column 'amount'/u,
  /^shelves: shelf \[part\]: shelf.amount cannot hold "1.5": it is no whole number/u,
  /^shelves: shelf \[long\]: Data too long for column 'label'/u,
  /^shelves: shelf \[room\]: .*a foreign key constraint fails .*shelf_room/u,
]

test('what MySQL cannot take is a dead letter with its reason, what comes after it arrives, and what is mended is retried', async () => {
  await using emulator = await openDynoxide()
  const tableOf = (name: string, key: readonly string[]) => StreamTable.create(emulator.url, { name, key })
  using responses = await tableOf('encore_feedback_responses', ['pk', 'sk'])
  using shelves = await tableOf('shelves', ['id'])
  await using place = await ProductsPlace.open(emulator.url, { MILLRACE_CONNECTORS: CONNECTORS })
  for (const statement of TABLES) await place.database.query(statement)
  const millrace = await place.millrace()
  for (const id of [1, 2, 3]) await place.product(id)

  await place.table.put({ id: 'dress', ...ASSESSED })
  await place.table.update({ id: '1' }, { ...ASSESSED, assessed_at: 'yesterday' })
  await place.table.update({ id: '2' }, { ...ASSESSED, modesty_status: 'm'.repeat(41) })
  await responses.put({ ...RESPONSE, sk: 'none' })
  await responses.put({ ...RESPONSE, sk: 'huge', original_review_id: '99999999999' })
  await responses.put({ ...RESPONSE, sk: 'long', original_review_id: 1, response_text: 'x'.repeat(101) })
  await responses.put({ ...RESPONSE, sk: 'when', original_review_id: 1, approved_at: 'soon' })
  await shelves.put({ id: 'plain' })
  await shelves.put({ id: 'range', label: 'range', amount: 2_147_483_648 })
  await shelves.put({ id: 'part', label: 'part', amount: 1.5 })
  await shelves.put({ id: 'long', label: 'x'.repeat(21) })
  await shelves.put({ id: 'room', label: 'room', room: 7 })

  await place.table.update({ id: '3' }, ASSESSED)
  await responses.put({ ...RESPONSE, sk: 'good', original_review_id: 2 })
  await shelves.put({ id: 'good', label: 'good', amount: 5, room: 1 })
  const shelf = async (id: string) => (await place.database.query('SELECT * FROM shelf WHERE id = ?', [id]))[0] ?? null
  const replied = async () => {
    const [row] = await place.database.query('SELECT reply FROM comment WHERE idcomment = 2')
    return row?.reply === 'Thank you.' ? true : null
  }
  await until(async () => ((await place.row(3))?.assessed === null ? null : true), { what: 'the good product' })
  await until(replied, { what: 'the good reply' })
  expect(await until(() => shelf('good'), { what: 'the good shelf' })).toMatchObject({ amount: 5, room: 1 })

  const dead = async () => JSON.parse((await place.command('dead', 'list', '--json')).out) as DeadListView
  const { letters } = await until(async () => ((await dead()).total >= REASONS.length ? dead() : null), {
    what: 'all dead letters',
  })
  expect(letters).toHaveLength(REASONS.length)
  const told = letters.map(({ connector, reason }) => `${connector}: ${reason}`).toSorted()
  expect(REASONS.map((reason) => told.filter((one) => reason.test(one)).length)).toEqual(REASONS.map(() => 1))
  expect((await place.command('dead')).out).toContain('a foreign key constraint fails')
  expect(await fetch(`${millrace.url}/health/ready`)).toMatchObject({ status: 200 })

  // What waits behind a letter arrives with it, once its cause is mended.
  await place.database.query('INSERT INTO room VALUES (7)')
  await shelves.update({ id: 'room' }, { label: 'room, moved' })
  await until(async () => ((await dead()).total > REASONS.length ? true : null), { what: 'it waits behind the first' })
  expect(await place.command('dead', 'retry', '--connector', 'shelves', '--reason', 'foreign key')).toMatchObject({
    code: 0,
  })
  expect(await shelf('room')).toMatchObject({ label: 'room, moved', room: 7 })

  // A clock is mended in its item. Once the letter before it is given up, MySQL holds something else than what it changed.
  await place.table.update({ id: '1' }, ASSESSED)
  const ofClock = async () => (await dead()).letters.filter(({ connector }) => connector === 'products-assessed')
  const behind = await until(async () => (await ofClock()).find(({ reason }) => reason.startsWith('behind ')) ?? null, {
    what: 'the mended clock waits',
  })
  const first = (await ofClock()).find(({ reason }) => reason.includes('no ISO time'))
  const dropped = await place.command('dead', 'drop', first?.id ?? '', '--note', 'no time at all')
  expect(dropped).toMatchObject({ code: 0, err: '' })
  const retried = await place.command('dead', 'retry', '--connector', 'products-assessed', behind.id)
  expect(retried).toMatchObject({ code: 0, err: '' })
  const { conflicts } = JSON.parse((await place.command('conflicts', '--json')).out) as ConflictListView
  expect(conflicts).toMatchObject([{ row: '1', state: 'open', why: 'assessed_at is missing in mysql' }])
  const resolved = await place.command('conflicts', 'resolve', conflicts[0]?.id ?? '', '--take', 'dynamodb')
  expect(resolved).toMatchObject({ code: 0, err: '' })
  expect(await place.row(1)).toMatchObject({ assessed: '2025-11-23 18:30:00.000' })
  expect(await millrace.stop()).toBe(0)
})

test('a stream of keys alone is refused by name, with the command that mends it', async () => {
  await using emulator = await openDynoxide()
  await using place = await ProductsPlace.open(emulator.url, { MILLRACE_CONNECTORS: CONNECTORS })
  for (const statement of TABLES) await place.database.query(statement)
  const keys = { key: ['id'], view: 'KEYS_ONLY' } as const
  using _shelves = await StreamTable.create(emulator.url, { name: 'shelves', ...keys })
  const key = ['pk', 'sk']
  using _responses = await StreamTable.create(emulator.url, { name: 'encore_feedback_responses', key })
  const told =
    /stream of the DynamoDB table shelves: it shows KEYS_ONLY only\n +-> aws dynamodb update-table --table-name shelves/u
  const doctor = await place.command('doctor')
  expect([doctor.code, doctor.out]).toEqual([3, expect.stringMatching(new RegExp(`FAIL  ${told.source}`, 'u'))])
  await using millrace = await Millrace.start(place.settings)
  expect(await millrace.ended()).toBe(3)
  expect(millrace.output).toMatch(told)
  expect(millrace.output).toContain('START_REFUSED')
})
