// Fields of items that MySQL owns, spoilt as somebody would who writes into them, and how to tell what became of them.

import type { Random } from './random.ts'
import type { Item, RestaurantTable } from './restaurant-table.ts'

const OWNED = {
  restaurant: ['entity_type', 'client_id', 'restaurant_name'],
  customer: ['entity_type', 'customer_id', 'email', 'phone', 'first_name', 'last_name', 'name'],
  comment: [
    ...['entity_type', 'comment_id', 'customer_id', 'client_id', 'comment_text', 'rating', 'date_created'],
    ...['date_replied', 'reply_text', 'device_info', 'session_info', 'original_review_id'],
  ],
}

export class Corruption {
  readonly #before: readonly Item[]
  readonly #touched: ReadonlySet<string>
  /** `pk sk field` of each, sorted. */
  readonly names: readonly string[]

  private constructor(before: readonly Item[], chosen: readonly { readonly item: Item; readonly name: string }[]) {
    this.#before = before
    this.names = chosen.map(({ item, name }) => `${nameOf(item)} ${name}`).toSorted()
    this.#touched = new Set(chosen.map(({ item }) => nameOf(item)))
  }

  /** So many fields, chosen at random. */
  static async of(table: RestaurantTable, { random, count }: { random: Random; count: number }): Promise<Corruption> {
    const before = await table.items()
    const fields = ownedFields(before)
    const chosen = new Set<number>()
    while (chosen.size < count) chosen.add(random.below(fields.length))
    await abreast(
      [...chosen].map((index) => () => {
        const { item, name } = fields[index]!
        return table.update(item, { [name]: name === 'rating' ? 1_000 + index : `corrupted ${index}` })
      }),
    )
    return new Corruption(
      before,
      [...chosen].map((index) => fields[index]!),
    )
  }

  /** Differences, told in the same way. */
  static namesOf(differences: readonly { key: readonly string[]; fields: readonly { name: string }[] }[]): string[] {
    return differences.flatMap(({ key, fields }) => fields.map(({ name }) => `${key.join(' ')} ${name}`)).toSorted()
  }

  /** Items as they were and as they are: all but millrace's own marks, and everything of those that nobody touched. */
  compared(after: readonly Item[]): { readonly was: readonly unknown[]; readonly is: readonly unknown[] } {
    const others = (items: readonly Item[]) => items.filter((item) => !this.#touched.has(nameOf(item)))
    const all = (items: readonly Item[]) => [items.map(withoutMarks), others(items)]
    return { was: all(this.#before), is: all(after) }
  }
}

/** A few at a time: one by one they take long. */
async function abreast(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  for (let start = 0; start < tasks.length; start += 50) {
    await Promise.all(tasks.slice(start, start + 50).map((task) => task()))
  }
}

/** Fields that MySQL owns, each of some item. */
function ownedFields(items: readonly Item[]): { item: Item; name: string }[] {
  return items.flatMap((item) => {
    const names = OWNED[item.entity_type as keyof typeof OWNED] ?? []
    // A customer whom no row stands for has nothing of a guest's.
    const isNobody = item.entity_type === 'customer' && item.mr_from === undefined
    return names.slice(0, isNobody ? 2 : names.length).map((name) => ({ item, name }))
  })
}

function withoutMarks(item: Item): unknown {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !name.startsWith('mr_')))
}

function nameOf({ pk, sk }: Item): string {
  return `${pk} ${sk}`
}
