import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DatabaseServer } from '../../src/stack/database-server.ts'
import { type Dynoxide, openDynoxide } from '../../src/stack/dynoxide.ts'
import { openMariadb } from '../../src/stack/mariadb.ts'
import { Millrace } from '../support/millrace.ts'
import { RestaurantDatabase } from '../support/restaurant-database.ts'
import { type Item, RestaurantTable } from '../support/restaurant-table.ts'
import { until } from '../support/until.ts'

let server: DatabaseServer
let emulator: Dynoxide
let folder: string
let database: RestaurantDatabase
let table: RestaurantTable
let venue: number
let count = 0

beforeAll(async () => {
  ;[server, emulator] = await Promise.all([openMariadb(), openDynoxide()])
  folder = await mkdtemp(join(tmpdir(), 'millrace-feedback-'))
})

afterAll(async () => {
  await Promise.all([server[Symbol.asyncDispose](), emulator[Symbol.asyncDispose](), rm(folder, { recursive: true })])
})

beforeEach(async () => {
  count++
  await server.query(`CREATE DATABASE feedback_${count}`)
  database = await RestaurantDatabase.create(inOurs(server.adminUrl))
  table = await RestaurantTable.create(emulator.url, `restaurants_${count}`)
  venue = await database.venue('Opus Ocean Grille')
  return async () => {
    await database[Symbol.asyncDispose]()
    table[Symbol.dispose]()
  }
})

function inOurs(url: string): string {
  return url.replace(/\/app$/u, `/feedback_${count}`)
}

function start(log = 'one'): Promise<Millrace> {
  return Millrace.start({
    MILLRACE_MYSQL_URL: inOurs(server.url),
    MILLRACE_DYNAMODB_ENDPOINT: emulator.url,
    MILLRACE_LOG: `file:${join(folder, `${count}-${log}.db`)}`,
    MILLRACE_FEEDBACK_TABLE: table.name,
  })
}

async function commentsAre(wanted: number): Promise<Item[]> {
  return until(
    async () => {
      const found = await table.comments()
      if (found.length > wanted) throw new Error(`${found.length} comments, more than ${wanted}`)
      return found.length === wanted ? found : null
    },
    { what: `${wanted} comments` },
  )
}

/** The counters follow the comments they count. */
async function restaurantCounts(total: number): Promise<Item> {
  return until(
    async () => {
      const restaurant = await table.restaurant(venue)
      return restaurant?.total_comments === total ? restaurant : null
    },
    { what: `${total} counted comments` },
  )
}

async function reviews(from: number, to: number): Promise<void> {
  for (let number = from; number < to; number++) {
    await database.visit(
      venue,
      { email: `guest${number}@email.com` },
      { text: `review ${number}`, rating: 1 + (number % 5) },
    )
  }
}

/** What an earlier onboarding left: customers and comments under random ids, with what only the application knows. */
async function onboard(): Promise<Item[]> {
  const rows = await database.rows(
    `SELECT c.*, e.emailaddress FROM comment c JOIN datasession d USING (iddatasession) JOIN eclub e USING (ideclub)`,
  )
  const pk = `RESTAURANT#${venue}`
  const items: Item[] = [
    { pk, sk: 'METADATA', restaurant_name: 'Opus', last_sync_at: '2025-11-26T10:00:00', theme: { dark: true } },
  ]
  for (const row of rows) {
    const customer = crypto.randomUUID()
    items.push(
      { pk, sk: `CUSTOMER#${customer}`, customer_id: customer, email: row.emailaddress, loyalty: 3 },
      {
        pk,
        sk: `CUSTOMER#${customer}#COMMENT#${crypto.randomUUID()}`,
        comment_text: row.comment,
        rating: row.rating,
        original_review_id: row.idcomment,
        ai_response: { text: 'Thank you!', tone: ['warm', 'short'] },
        draft: null,
      },
    )
  }
  for (const item of items) await table.put(item)
  return items
}

describe('feedback, live', () => {
  test('after an onboarding, the 15 new reviews arrive, and nothing that was there changes', async () => {
    await reviews(0, 20)
    const before = await onboard()
    await using _ = await (await start()).ready()
    await reviews(20, 35)
    const comments = await commentsAre(35)
    expect(new Set(comments.map((comment) => comment.original_review_id)).size).toBe(35)
    const restaurant = await restaurantCounts(35)
    expect(restaurant).toMatchObject({
      total_customers: 35,
      theme: { dark: true },
      last_sync_at: '2025-11-26T10:00:00',
    })
    const now = new Map((await table.items()).map((item) => [`${item.pk} ${item.sk}`, item]))
    for (const item of before.slice(1)) expect(now.get(`${item.pk} ${item.sk}`)).toEqual(item)
  })

  test('a second look at the same reviews creates nothing', async () => {
    {
      await using _ = await (await start()).ready()
      await reviews(0, 15)
      await commentsAre(15)
      await restaurantCounts(15)
    }
    const before = await table.items()
    await using _ = await (await start()).ready()
    await database.connection.query('UPDATE comment SET reply = "seen"')
    await reviews(15, 16)
    await commentsAre(16)
    await restaurantCounts(16)
    const after = new Map((await table.items()).map((item) => [item.sk, item]))
    for (const item of before.filter(({ sk }) => sk !== 'METADATA')) expect(after.get(item.sk)).toEqual(item)
  })

  test('of 50 reviews of which 35 are known, 15 are created', async () => {
    await reviews(0, 35)
    await onboard()
    await using _ = await (await start()).ready()
    await database.connection.query('CREATE TEMPORARY TABLE known AS SELECT * FROM comment')
    await database.connection.query('DELETE FROM comment')
    await database.connection.query('INSERT INTO comment SELECT * FROM known')
    await reviews(35, 50)
    const comments = await commentsAre(50)
    expect(comments.filter((comment) => 'mr_created' in comment)).toHaveLength(15)
    await restaurantCounts(50)
  })

  test('three reviews of one e-mail are one customer with three comments', async () => {
    await using _ = await (await start()).ready()
    for (const email of ['john@email.com', ' John@Email.com', 'JOHN@EMAIL.COM ']) await database.visit(venue, { email })
    const comments = await commentsAre(3)
    const customers = await table.customers()
    expect(customers).toHaveLength(1)
    expect(new Set(comments.map((comment) => comment.customer_id))).toEqual(new Set([customers[0]!.customer_id]))
    expect(await restaurantCounts(3)).toMatchObject({ total_customers: 1, rating_sum: 15, rating_average: 5 })
  })

  test('one phone in several notations is one customer', async () => {
    await using _ = await (await start()).ready()
    for (const phone of ['(212) 555-0123', '+1 212 555 0123', '212.555.0123']) await database.visit(venue, { phone })
    await commentsAre(3)
    expect(await table.customers()).toHaveLength(1)
  })

  test('a guest with neither e-mail nor phone is one customer, a comment without a guest another', async () => {
    await using _ = await (await start()).ready()
    const guest = await database.guest({})
    await database.comment(await database.session(venue, guest))
    await database.comment(await database.session(venue, guest))
    await database.visit(venue, null)
    await commentsAre(3)
    expect(await table.customers()).toHaveLength(2)
  })

  test('e-mail of one customer and phone of another: the e-mail decides, nobody is merged', async () => {
    await using _ = await (await start()).ready()
    await database.visit(venue, { email: 'a@email.com' })
    await database.visit(venue, { phone: '212 555 0123' })
    await commentsAre(2)
    await database.visit(venue, { email: 'a@email.com', phone: '2125550123' }, { text: 'both' })
    const comments = await commentsAre(3)
    const customers = await table.customers()
    expect(customers).toHaveLength(2)
    const both = comments.find((comment) => comment.comment_text === 'both')
    expect(customers.find(({ customer_id }) => customer_id === both?.customer_id)).toMatchObject({
      email: 'a@email.com',
    })
    const phone = (await table.items(/^PHONE#/u))[0]
    expect(customers.find(({ customer_id }) => customer_id === phone?.holder)).toMatchObject({ phone: '212 555 0123' })
  })

  test('two processes that race for the same new customers and comments make each of them once', async () => {
    await using one = await start('one')
    await using two = await start('two')
    await Promise.all([one.ready(), two.ready()])
    for (let visit = 0; visit < 60; visit++) await database.visit(venue, { email: `racer${visit % 10}@email.com` })
    await commentsAre(60)
    const customers = await table.customers()
    expect(customers.map(({ email }) => email).sort()).toEqual(
      [...Array(10).keys()].map((number) => `racer${number}@email.com`),
    )
    expect(await restaurantCounts(60)).toMatchObject({ total_customers: 10 })
  })

  test('a guest who changes is changed in every venue, also with a new e-mail', async () => {
    await using _ = await (await start()).ready()
    const other = await database.venue('Bella Vista')
    const guest = await database.guest({ email: 'old@email.com', first: 'Jon' })
    for (const place of [venue, other]) await database.comment(await database.session(place, guest))
    await commentsAre(2)
    await database.connection.query('UPDATE eclub SET emailaddress = "new@email.com", firstname = "John"')
    await until(
      async () => {
        const customers = await table.customers()
        return customers.every(({ email }) => email === 'new@email.com') ? customers : null
      },
      { what: 'the new e-mail in both venues' },
    )
    await database.visit(venue, { email: 'NEW@email.com' })
    await database.visit(other, { email: 'old@email.com' })
    await commentsAre(4)
    expect(await table.customers()).toHaveLength(2)
  })
})
