// A merchant of Square: locations, a catalogue, stock, vendors, orders and payments, made from a seed, and what happens to them
// as time goes on. Shapes are those of Square's reference.

import { squareLine, squareOrder, type Thing, usd } from './square-order.ts'

export interface WorldSize {
  readonly locations: number
  readonly categories: number
  readonly items: number
  readonly vendors: number
  readonly orders: number
  readonly payments: number
}

const START_MS = Date.parse('2026-01-01T08:00:00Z')
const YEAR_MS = 300 * 24 * 3_600_000
const SMALL: WorldSize = { locations: 3, categories: 4, items: 30, vendors: 3, orders: 120, payments: 40 }

export class SquareWorld {
  readonly locations: Thing[] = []
  /** Of every type, variations within items and on their own alike. */
  readonly catalog = new Map<string, Thing>()
  readonly counts = new Map<string, Thing>()
  readonly vendors: Thing[] = []
  readonly orders = new Map<string, Thing>()
  readonly payments = new Map<string, Thing>()
  readonly transactions: Thing[] = []
  nowMs = START_MS + YEAR_MS
  #state: number

  constructor(size: Partial<WorldSize> = {}, seed = 1) {
    this.#state = seed
    const whole = { ...SMALL, ...size }
    this.#makeCatalog(whole)
    for (let index = 0; index < whole.orders; index++) {
      this.putOrder(`order-${index}`, START_MS + Math.floor((index / whole.orders) * YEAR_MS))
    }
    for (let index = 0; index < whole.payments; index++) this.#makePayment(index)
  }

  /** Of the items that were not deleted. */
  get items(): readonly Thing[] {
    return [...this.catalog.values()].filter(({ type, is_deleted }) => type === 'ITEM' && is_deleted !== true)
  }

  putItem(id: string, name: string, version = this.nowMs): void {
    const stamp = { version, updated_at: iso(this.nowMs), is_deleted: false }
    const variations = Array.from({ length: 1 + (hashOf(id) % 2) }, (_, index) => {
      const variation = this.#variation(id, index, stamp)
      this.catalog.set(variation.id, variation)
      return variation
    })
    const everywhere = hashOf(id) % 3 !== 0
    const [first, last] = [this.locations[0]!.id, this.locations.at(-1)!.id]
    this.catalog.set(id, {
      ...{ type: 'ITEM', id, ...stamp, present_at_all_locations: everywhere },
      ...(everywhere ? { absent_at_location_ids: [last] } : { present_at_location_ids: [first] }),
      item_data: {
        name,
        description: `${name}, as "ever"`,
        categories: [{ id: 'category-0', ordinal: 1 }],
        is_taxable: true,
        product_type: 'REGULAR',
        variations,
      },
    })
  }

  /** What is left of it says little but that it is gone. */
  deleteItem(id: string): void {
    const variations = [...this.catalog.values()].filter(
      ({ item_variation_data: data }) => (data as Thing | undefined)?.item_id === id,
    )
    for (const [key, { catalog_object_id }] of this.counts) {
      if (variations.some((one) => one.id === catalog_object_id)) this.counts.delete(key)
    }
    for (const { type, id: gone } of [this.catalog.get(id)!, ...variations]) {
      this.catalog.set(gone, { type, id: gone, version: this.nowMs, updated_at: iso(this.nowMs), is_deleted: true })
    }
  }

  putCount(variation: string, location: string): void {
    this.counts.set(`${variation} ${location}`, {
      ...{
        id: `${variation} ${location}`,
        catalog_object_id: variation,
        catalog_object_type: 'ITEM_VARIATION',
        state: 'IN_STOCK',
      },
      ...{ location_id: location, quantity: String(this.#below(200)), calculated_at: iso(this.nowMs) },
    })
  }

  putOrder(id: string, atMs = this.nowMs): void {
    const before = this.orders.get(id)
    const location =
      (before?.location_id as string | undefined) ?? this.locations[this.#below(this.locations.length)]!.id
    const lines = Array.from({ length: 1 + this.#below(9) }, (_, index) => this.#line(id, index))
    const version = this.#below(2) === 0 ? null : ((before?.version as number | undefined) ?? 0) + 1
    const created = (before?.created_at as string | undefined) ?? iso(atMs)
    const extras = { isPickup: this.#below(10) === 0, isRefunded: this.#below(20) === 0 }
    this.orders.set(id, squareOrder({ id, location, lines, version, created, updated: iso(atMs), ...extras }))
  }

  /** An hour of work: so many changes of orders, and some of the catalogue and of the stock. Tells which orders changed. */
  work(changes: number): readonly string[] {
    const changed = new Set<string>()
    const ids = [...this.orders.keys()]
    for (let index = 0; index < changes; index++) {
      this.nowMs += Math.floor(3_600_000 / changes)
      const isNew = this.#below(3) === 0
      const id = isNew ? `order-new-${this.nowMs}` : ids[this.#below(ids.length)]!
      this.putOrder(id)
      changed.add(id)
    }
    const items = this.items
    this.putItem(items[0]!.id, 'renamed')
    this.deleteItem(items[1]!.id)
    this.putItem('item-new', 'new')
    this.putCount([...this.counts.values()][0]!.catalog_object_id as string, this.locations[0]!.id)
    return [...changed]
  }

  #makeCatalog({ locations, categories, items, vendors }: WorldSize): void {
    const stamp = { version: START_MS, updated_at: iso(START_MS), is_deleted: false }
    for (let index = 0; index < locations; index++) {
      this.locations.push({
        id: `L${index}`,
        name: `Tent ${index}`,
        status: 'ACTIVE',
        timezone: 'America/Chicago',
        currency: 'USD',
        country: 'US',
        created_at: iso(START_MS),
        address: { locality: 'Tulsa', postal_code: '74101' },
      })
    }
    for (let index = 0; index < vendors; index++) {
      this.vendors.push({
        id: `vendor-${index}`,
        name: `Vendor ${index}`,
        status: 'ACTIVE',
        version: 1,
        created_at: iso(START_MS),
        updated_at: iso(START_MS),
        contacts: [{ name: 'Bo', email_address: 'bo@example.com' }],
      })
    }
    for (let index = 0; index < categories; index++) {
      const id = `category-${index}`
      this.catalog.set(id, {
        type: 'CATEGORY',
        id,
        ...stamp,
        present_at_all_locations: true,
        category_data: { name: `Category ${index}`, is_top_level: true },
      })
    }
    this.nowMs = START_MS
    for (let index = 0; index < items; index++) this.putItem(`item-${index}`, `Item ${index}`)
    for (const { type, id } of [...this.catalog.values()]) {
      if (type === 'ITEM_VARIATION') for (const location of this.locations) this.putCount(id, location.id)
    }
    this.nowMs = START_MS + YEAR_MS
  }

  #variation(item: string, index: number, stamp: object): Thing {
    const price_money = usd(100 + this.#below(9_900))
    const vendor_information = this.vendors
      .slice(0, hashOf(item) % 3)
      .map(({ id }) => ({ vendor_id: id, vendor_code: `${item}-${id}`, unit_cost_money: usd(50) }))
    return {
      ...{ type: 'ITEM_VARIATION', id: `${item}-v${index}`, ...stamp, present_at_all_locations: true },
      item_variation_data: {
        item_id: item,
        name: `Size ${index}`,
        sku: `SKU-${item}-${index}`,
        ordinal: index,
        pricing_type: 'FIXED_PRICING',
        price_money,
        sellable: true,
        stockable: true,
        vendor_information,
      },
    }
  }

  #line(order: string, index: number): Thing {
    return squareLine(`${order}-l${index}`, 1 + this.#below(5), 100 + this.#below(5_000))
  }

  #makePayment(index: number): void {
    const id = `payment-${index}`
    const atMs = START_MS + index * 3_600_000
    const location_id = this.locations[index % this.locations.length]!.id
    const amount = usd(100 + index)
    this.payments.set(id, {
      id,
      location_id,
      order_id: `order-${index}`,
      status: 'COMPLETED',
      source_type: 'CARD',
      amount_money: amount,
      total_money: amount,
      created_at: iso(atMs),
      updated_at: iso(atMs),
    })
    this.transactions.push({
      id: `transaction-${index}`,
      location_id,
      created_at: iso(atMs),
      product: 'REGISTER',
      order_id: `order-${index}`,
      tenders: [{ id: `tender-order-${index}`, amount_money: amount }],
    })
  }

  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    const mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

function hashOf(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) >>> 0, 7)
}
