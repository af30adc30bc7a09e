// Feedback that was there before: venues, guests who come again, some under another name, some as nobody.

import type { RestaurantDatabase } from './restaurant-database.ts'

/** Answers the venues. One transaction: a disk that is slow makes it wait once. */
export async function feedbackHistory(
  site: RestaurantDatabase,
  { venues, visits }: { readonly venues: number; readonly visits: number },
): Promise<readonly number[]> {
  const ids: number[] = []
  await site.connection.beginTransaction()
  for (let venue = 0; venue < venues; venue++) {
    const id = await site.venue(`venue ${venue}`)
    ids.push(id)
    for (let visit = 0; visit < visits; visit++) {
      const guest = { email: `guest${visit % 40}@email.com`, first: `First${visit}` }
      await site.visit(id, visit % 5 === 0 ? null : guest, { rating: 1 + (visit % 5), text: `comment ${visit}` })
    }
  }
  await site.connection.commit()
  return ids
}
