// A storm: both sides change the same products at once while millrace is killed at random. Afterwards they agree, as the
// policy says, what only one side owns is untouched, and nothing was sent back to where it came from.

import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDynamodbLocal } from '../../src/stack/dynamodb-local.ts'
import { openDynoxide } from '../../src/stack/dynoxide.ts'
import { logEnds } from '../support/log-ends.ts'
import { ProductsPlace } from '../support/products-place.ts'
import { Random } from '../support/random.ts'
import { until } from '../support/until.ts'

/** `npm run faults` makes 5,000 in each storm, which take a few minutes. */
const CHANGES = Number(process.env.MILLRACE_TEST_STORM ?? 400)
const ROWS = 25
/** Between two changes of one side: millrace comes and goes many times in a storm. */
const PAUSE_MS = 10
const ASSESSMENT = ['lifecycle_stage', 'modesty_status', 'shopify_status', 'assessed_at'] as const
const START_MS = Date.parse('2025-01-01T00:00:00Z')

const LIGHT = { on: 'on the light emulator', openServer: openDynoxide, putsBack: false }
const PUTS_BACK = { on: 'on DynamoDB Local, with older states put back', openServer: openDynamodbLocal, putsBack: true }

let opened: AsyncDisposableStack
let place: ProductsPlace
beforeEach(() => {
  opened = new AsyncDisposableStack()
})
afterEach(() => opened.disposeAsync())

class Storm {
  readonly #random = new Random()
  readonly #ids = Array.from({ length: ROWS }, (_, index) => index + 1)
  /** What only one side writes, as it was written last. */
  readonly shelfNotes = new Map<number, string | null>()
  readonly phoneNotes = new Map<number, string>()
  /** Items as the phone has read them, and puts back whole after a while. */
  readonly #read = new Map<number, Record<string, unknown>>()
  readonly #putsBack: boolean
  changesOfMysql = 0
  changesOfDynamodb = 0
  #ticks = 0

  constructor({ putsBack }: { readonly putsBack: boolean }) {
    this.#putsBack = putsBack
  }

  get ids(): readonly number[] {
    return this.#ids
  }

  get isOver(): boolean {
    return this.changesOfMysql + this.changesOfDynamodb >= CHANGES
  }

  /** Each is a second younger than the one before, wherever it is made. */
  #clock(): string {
    return new Date(START_MS + 1_000 * ++this.#ticks).toISOString()
  }

  async begin(): Promise<void> {
    for (const id of this.#ids) await this.#insert(id)
  }

  async laptop(): Promise<void> {
    while (!this.isOver) {
      await delay(PAUSE_MS)
      const id = this.#random.pick(this.#ids)
      const chance = this.#random.next()
      if (chance < 0.06) await this.#delete(id)
      else if (chance < 0.16) await this.#insert(id)
      else if (chance < 0.3) await this.#shelve(id)
      else if (chance < 0.5) await this.#set(id, { title: `title ${this.#clock()}` })
      else
        await this.#set(
          id,
          this.#assessment('laptop', (at) => at.replace('T', ' ').replace('Z', '')),
        )
    }
  }

  async phone(): Promise<void> {
    while (!this.isOver) {
      await delay(PAUSE_MS)
      const id = this.#random.pick(this.#ids)
      if (this.#putsBack && this.#random.chance(0.3)) {
        await this.#putBack(id)
        continue
      }
      const isNote = this.#random.next() < 0.3
      const note = `note ${this.#clock()}`
      const fields = isNote ? { phone_note: note } : this.#assessment('phone', (at) => at)
      if (!(await place.table.updateIf({ id: `${id}` }, fields))) continue
      this.changesOfDynamodb++
      if (isNote) this.phoneNotes.set(id, note)
    }
  }

  async #putBack(id: number): Promise<void> {
    const older = this.#read.get(id)
    this.#read.delete(id)
    if (older === undefined) {
      const item = await place.table.get({ id: `${id}` })
      if (item !== undefined) this.#read.set(id, item)
      return
    }
    const note = `note ${this.#clock()}`
    await place.table.put({ ...older, phone_note: note })
    this.changesOfDynamodb++
    this.phoneNotes.set(id, note)
  }

  #assessment(by: string, form: (at: string) => string): Record<string, string> {
    const at = this.#clock()
    const [stage, status, shop] = [this.#random.below(3), this.#random.below(3), this.#random.below(3)]
    return {
      lifecycle_stage: `${by} ${stage}`,
      modesty_status: `${by} ${status}`,
      shopify_status: `${by} ${shop}`,
      assessed_at: form(at),
    }
  }

  async #set(id: number, fields: Readonly<Record<string, string>>): Promise<boolean> {
    const sets = Object.keys(fields).map((name) => `${name} = ?`)
    const answer = await place.database.query(`UPDATE products SET ${sets} WHERE id = ${id}`, Object.values(fields))
    return this.#count(answer)
  }

  async #shelve(id: number): Promise<void> {
    const note = `shelf ${this.#clock()}`
    if (await this.#set(id, { warehouse_note: note })) this.shelfNotes.set(id, note)
  }

  async #insert(id: number): Promise<void> {
    const answer = await place.database.query(
      `INSERT IGNORE INTO products (id, title, lifecycle_stage, assessed_at) VALUES (${id}, ?, 'pending', ?)`,
      [`product ${id}`, this.#clock().replace('T', ' ').replace('Z', '')],
    )
    if (this.#count(answer)) this.shelfNotes.set(id, null)
  }

  async #delete(id: number): Promise<void> {
    this.#count(await place.database.query(`DELETE FROM products WHERE id = ${id}`))
  }

  #count(answer: unknown): boolean {
    const { affectedRows } = answer as { readonly affectedRows: number }
    this.changesOfMysql += affectedRows
    return affectedRows > 0
  }
}

/** Kills whoever runs, again and again, until the storm is over. */
async function killAtRandom(storm: Storm, settings: Record<string, string>): Promise<void> {
  const random = new Random()
  while (!storm.isOver) {
    const millrace = await place.millrace(settings)
    await delay(300 + random.below(1_500))
    await millrace.kill()
  }
}

interface Sides {
  readonly id: number
  readonly row: Record<string, unknown> | undefined
  readonly item: Record<string, unknown> | undefined
}

async function sides(ids: readonly number[]): Promise<readonly Sides[]> {
  return Promise.all(
    ids.map(async (id) => ({ id, row: await place.row(id), item: await place.table.get({ id: `${id}` }) })),
  )
}

function disagreement({ id, row, item }: Sides): string | null {
  const isGone = item === undefined || item.mr_deleted_at !== undefined
  if (row === undefined) return isGone ? null : `${id} is deleted in MySQL and there in DynamoDB`
  if (isGone) return `${id} is there in MySQL and not in DynamoDB`
  if (row.title !== item.title) return `${id} is called ${row.title} in MySQL and ${item.title} in DynamoDB`
  const held = { ...row, assessed_at: `${String(row.assessed).replace(' ', 'T')}Z` } as Record<string, unknown>
  const field = ASSESSMENT.find((name) => (held[name] ?? null) !== (item[name] ?? null))
  return field === undefined ? null : `${id}: ${field} is ${held[field]} in MySQL and ${item[field]} in DynamoDB`
}

async function conflicts(url: string): Promise<readonly { row: string; state: string }[]> {
  const answer = await fetch(`${url}/api/conflicts?kind=fields&limit=1000`)
  return ((await answer.json()) as { conflicts: { row: string; state: string }[] }).conflicts
}

/** The rows about which a person has to decide. */
async function openConflicts(url: string): Promise<ReadonlySet<string>> {
  return new Set((await conflicts(url)).flatMap(({ row, state }) => (state === 'open' ? [row] : [])))
}

describe.each([
  { policy: 'newest-wins', ...LIGHT },
  { policy: 'mysql-wins', ...LIGHT },
  { policy: 'dynamodb-wins', ...LIGHT },
  { policy: 'review', ...LIGHT },
  { policy: 'newest-wins', ...PUTS_BACK },
  { policy: 'dynamodb-wins', ...PUTS_BACK },
])('under the policy $policy $on', ({ policy, putsBack, openServer }) => {
  test('a storm on both sides ends in agreement', async () => {
    const emulator = opened.use(await openServer())
    place = opened.use(await ProductsPlace.open(emulator.url))
    const settings = { MILLRACE_PRODUCTS_POLICY: policy }
    const storm = new Storm({ putsBack })
    const first = await place.millrace(settings)
    await storm.begin()
    await until(async () => (await sides(storm.ids)).every((one) => disagreement(one) === null) || null, {
      what: 'all products are on both sides',
    })
    await first.stop()
    await Promise.all([storm.laptop(), storm.phone(), killAtRandom(storm, settings)])
    const last = await place.millrace(settings)
    const settled = await until(
      async () => {
        const open = await openConflicts(last.url)
        const told = (await sides(storm.ids)).filter((one) => disagreement(one) !== null)
        return told.every(({ id }) => open.has(String(id))) || null
      },
      { what: 'both sides agree', withinMs: 60_000 },
    ).catch(async (error: unknown) => {
      const told = (await sides(storm.ids)).flatMap((one) => disagreement(one) ?? [])
      throw new Error(`${String(error)}\n${told.join('\n')}`)
    })
    expect(settled).toBe(true)
    expect((await conflicts(last.url)).length).toBeGreaterThan(0)
    if (policy !== 'review') expect(await openConflicts(last.url)).toEqual(new Set())
    const untouched = (await sides(storm.ids)).flatMap(({ id, row, item }) => {
      const isShelf = row === undefined || row.warehouse_note === (storm.shelfNotes.get(id) ?? null)
      return isShelf && item?.phone_note === storm.phoneNotes.get(id) ? [] : [id]
    })
    expect(untouched).toEqual([])
    expect(await last.stop()).toBe(0)
    const log = place.settings.MILLRACE_LOG ?? ''
    const [ofDynamodb] = await logEnds(log, 'dynamodb', ['products'])
    const [ofMysql = 0] = await logEnds(log, place.database.name, ['products'])
    expect(ofDynamodb).toBe(storm.changesOfDynamodb)
    // What DynamoDB won against a change of MySQL is a change of MySQL like any other; a row that is copied once more is one too.
    if (policy === 'mysql-wins' || policy === 'review') expect(ofMysql).toBe(storm.changesOfMysql)
    else expect(ofMysql).toBeGreaterThanOrEqual(storm.changesOfMysql)
  })
})
