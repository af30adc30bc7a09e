// Whether DynamoDB holds exactly what MySQL holds, and counters what a recount gives.

import { expect } from 'vitest'
import { normalEmail } from '../../src/core/identity.ts'
import type { RestaurantDatabase } from './restaurant-database.ts'
import type { Item, RestaurantTable } from './restaurant-table.ts'

export async function expectProductsEqual(database: RestaurantDatabase, table: RestaurantTable): Promise<void> {
  const items = await table.items()
  const found = items
    .filter((item) => item.pk === 'product' && item.sk !== 'COUNT' && !('mr_deleted_at' in item))
    .map(({ sk, name, price, stock }) => ({ id: Number(sk), name, price: Number(price), stock: stock ?? null }))
    .sort((one, other) => one.id - other.id)
  const rows = await database.rows('SELECT id, name, price, stock FROM product ORDER BY id')
  expect(found).toEqual(rows.map((row) => ({ ...row, price: Number(row.price) })))
}

export async function expectFeedbackEqual(database: RestaurantDatabase, table: RestaurantTable): Promise<void> {
  const items = await table.items()
  const comments = items.filter(({ sk }) => sk.includes('#COMMENT#'))
  const rows = await database.rows(
    `SELECT idcomment, comment, rating, idclient, iddatasession FROM comment JOIN datasession USING (iddatasession)
     ORDER BY idcomment`,
  )
  const found = comments.map((item) => ({
    idcomment: Number(item.original_review_id),
    comment: item.comment_text,
    rating: item.rating ?? null,
    idclient: item.client_id,
  }))
  found.sort((one, other) => one.idcomment - other.idcomment)
  expect(found).toEqual(
    rows.map(({ idcomment, comment, rating, idclient }) => ({ idcomment, comment, rating, idclient })),
  )
  await expectCustomersEqual(database, items)
  expectCountersExact(items)
}

/** Each guest of a venue is a customer there, one e-mail is one customer, and every comment stands under a customer. */
async function expectCustomersEqual(database: RestaurantDatabase, items: readonly Item[]): Promise<void> {
  const keys = new Set(items.map(({ pk, sk }) => `${pk} ${sk}`))
  const holders = new Map(
    items.filter(({ holder }) => holder !== undefined).map(({ pk, sk, holder }) => [`${pk} ${sk}`, holder]),
  )
  const guests = await database.rows(
    'SELECT DISTINCT idclient, ideclub, emailaddress FROM datasession JOIN eclub USING (ideclub)',
  )
  const lost = guests.filter(({ idclient, ideclub, emailaddress }) => {
    const email = normalEmail(emailaddress)
    const holder = holders.get(`RESTAURANT#${idclient} GUEST#${ideclub}`)
    if (holder === undefined || !keys.has(`RESTAURANT#${idclient} CUSTOMER#${holder}`)) return true
    return email !== null && holders.get(`RESTAURANT#${idclient} EMAIL#${email}`) !== holder
  })
  expect(lost).toEqual([])
  const orphans = items.filter(
    ({ pk, sk, customer_id }) => sk.includes('#COMMENT#') && !keys.has(`${pk} CUSTOMER#${customer_id}`),
  )
  expect(orphans).toEqual([])
}

function expectCountersExact(items: readonly Item[]): void {
  for (const restaurant of items.filter(({ sk }) => sk === 'METADATA')) {
    const own = items.filter(({ pk }) => pk === restaurant.pk)
    const comments = own.filter(({ sk }) => sk.includes('#COMMENT#'))
    const ratings = comments.flatMap(({ rating }) => (rating === undefined ? [] : [Number(rating)]))
    const sum = ratings.reduce((total, rating) => total + rating, 0)
    const histogram = [1, 2, 3, 4, 5].map((rating) => ratings.filter((one) => one === rating).length)
    const counted = {
      comments: restaurant.total_comments ?? 0,
      customers: restaurant.total_customers ?? 0,
      sum: restaurant.rating_sum ?? 0,
      count: restaurant.rating_count ?? 0,
      histogram: [1, 2, 3, 4, 5].map((rating) => restaurant[`rating_histogram_${rating}`] ?? 0),
    }
    expect(counted).toEqual({
      comments: comments.length,
      customers: own.filter(({ sk }) => /^CUSTOMER#[^#]+$/u.test(sk)).length,
      sum,
      count: ratings.length,
      histogram,
    })
    if (ratings.length > 0) expect(restaurant.rating_average).toBeCloseTo(sum / ratings.length, 9)
  }
}
