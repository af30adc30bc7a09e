// Calls of an import that take rows for new until the server says otherwise come to the same as those that look at each.

import { describe, expect, test } from 'vitest'
import { BY_RUN, BY_VERSION, KEPT_COLUMNS } from '../../../src/core/imported-row.ts'
import { position } from '../../../src/core/position.ts'
import { CREATE } from '../../../src/sink/mysql/bookkeeping.ts'
import { IMPORT_TABLES } from '../../../src/sink/mysql/import/import-tables.ts'
import { putCall } from '../../../src/sink/mysql/import/put-call.ts'
import { KnownRuns, markUndone } from '../../../src/sink/mysql/import/runs-table.ts'
import { TargetTables } from '../../../src/sink/mysql/target-tables.ts'
import { Transactions } from '../../../src/sink/mysql/transactions.ts'
import type { Outcome, PlacedWrite } from '../../../src/sink/sink.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { Random } from '../../support/random.ts'
import { SinkDatabase } from '../../support/sink-database.ts'
import { forever, placed } from '../../support/sink-table.ts'

const CALLS = 150
const ROWS = 40
const RUNS = 6

/** Tables that are taken for new, and whether one of them was not. */
class Fresh extends Set<string> {
  wasRefused = false

  override delete(table: string): boolean {
    this.wasRefused ||= this.has(table)
    return super.delete(table)
  }
}

class Place implements AsyncDisposable {
  readonly table: SinkDatabase
  readonly #transactions: Transactions
  readonly #targets: TargetTables
  readonly #known = new KnownRuns()

  private constructor(table: SinkDatabase) {
    this.table = table
    this.#transactions = new Transactions(table.database.adminUrl)
    const shared = { by: 'owner', as: 'us' }
    const target = { key: ['id'], owns: ['owner', 'name', 'size'], keepsSeen: true, shared } as const
    this.#targets = new TargetTables({ [table.name]: target }, this.#transactions.database)
  }

  static async open(table: SinkDatabase): Promise<Place> {
    for (const statement of [...CREATE, ...IMPORT_TABLES.up]) await table.query(statement)
    return new Place(table)
  }

  put(writes: readonly PlacedWrite[], fresh: Set<string>, known = this.#known): Promise<readonly Outcome[]> {
    const shared = { transactions: this.#transactions, targets: this.#targets, signal: forever }
    return putCall({ ...shared, fresh, known }, writes)
  }

  undo(run: string): Promise<void> {
    return this.#transactions.ask(forever, (session) => markUndone(session, run))
  }

  /** What a call led to: the same for two tables that differ in their names alone. */
  async end(outcomes: readonly Outcome[]): Promise<unknown> {
    const { table } = this
    const found = [
      outcomes,
      await table.query(`SELECT *, HEX(mr_digest) FROM ${table.name} ORDER BY id`),
      await table.query('SELECT run, target, row_key, position, run_number FROM millrace_gone ORDER BY 1, 2, 3'),
      await table.query('SELECT run, target, row_key, did, before_image FROM millrace_undo ORDER BY 1, 2, 3'),
      await table.query('SELECT run, target, row_key FROM millrace_seen ORDER BY 1, 2, 3'),
    ]
    const texts = JSON.stringify(found, (_name, value: { type?: string; data?: number[] } | null) => {
      return value?.type === 'Buffer' ? Buffer.from(value.data ?? []).toString() : value
    })
    return JSON.parse(texts.replaceAll(table.name, 'table'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transactions.close()
    await this.table[Symbol.asyncDispose]()
  }
}

type Chosen = (table: SinkDatabase) => PlacedWrite

function choose(random: Random, call: number, isPlain: boolean): Chosen {
  const key = [`${1 + random.below(ROWS)}`] as const
  const run = Math.min(RUNS, Math.floor((call * RUNS) / CALLS) + random.below(2))
  const version = random.below(call + 20)
  const offset = call * 10 + random.below(10)
  const at = isPlain
    ? position(BY_RUN, [{ value: run, digits: 12 }, ...[{ value: offset, digits: 12 }]])
    : position(BY_VERSION, [{ value: version, digits: 16 }])
  const name = random.chance(0.1) ? `n${random.below(99)}` : null
  const size = random.chance(0.05) ? 'no number' : random.below(3)
  const fields = random.chance(0.1) ? { owner: 'us', size } : { owner: 'us', name, size }
  const isRemoved = !isPlain && random.chance(0.3)
  const replay = random.chance(0.1) ? { run: 'again' } : {}
  return (table) => {
    const write = isRemoved ? table.removeOf(key, [], { how: 'delete' }) : table.mergeOf(key, fields)
    return { ...placed(write, { offset, lane: `${key}` }), position: at, broughtBy: `run-${run}`, ...replay }
  }
}

/** What somebody else does. */
function foreign(random: Random): (table: SinkDatabase) => string {
  const id = 1 + random.below(ROWS)
  const what = random.below(6)
  return ({ name }) => {
    if (what === 0) return `DELETE FROM ${name} WHERE id % 4 <> ${id % 4}`
    if (what === 1) return `INSERT IGNORE INTO ${name} (id, owner, size) VALUES (${id}, 'them', 1)`
    if (what === 2) return `UPDATE ${name} SET size = 7 WHERE id = ${id}`
    // It was so long ago.
    return 'DELETE FROM millrace_gone'
  }
}

describe.each(FLAVOURS)('on %s', (_flavour, shared) => {
  async function open(): Promise<Place> {
    const columns = `id int PRIMARY KEY, owner varchar(9) NOT NULL, name varchar(9) UNIQUE, size int, theirs int, ${KEPT_COLUMNS}`
    const owns = ['owner', 'name', 'size']
    return Place.open(await SinkDatabase.open(await shared(), { columns, key: ['id'], owns }))
  }

  test('random calls come to the same, whether rows and runs are taken for what they were or looked at', async () => {
    const random = new Random()
    await using taken = await open()
    await using looked = await open()
    let refused = 0
    for (let call = 0; call < CALLS; call++) {
      if (random.chance(0.5)) {
        const statement = foreign(random)
        for (const { table } of [taken, looked]) await table.query(statement(table))
      }
      if (random.chance(0.04)) {
        const run = `run-${random.below(RUNS)}`
        for (const place of [taken, looked]) await place.undo(run)
      }
      const isPlain = random.chance(0.9)
      const chosen = Array.from({ length: 1 + random.below(3) }, () => choose(random, call, isPlain))
      const writes = ({ table }: Place) => chosen.map((one) => one(table))
      const fresh = new Fresh([taken.table.name])
      const ended = await taken.end(await taken.put(writes(taken), fresh))
      if (fresh.wasRefused) refused++
      const outcomes = await looked.put(writes(looked), new Set(), new KnownRuns())
      expect(ended, `call ${call}`).toEqual(await looked.end(outcomes))
    }
    expect(refused).toBeGreaterThan(CALLS / 10)
    expect(refused).toBeLessThan(CALLS * 0.95)
  })

  test('a table in which a call met no row is taken for new until a row is met', async () => {
    await using place = await open()
    const { table } = place
    const fresh = new Set<string>()
    const bring = async (ids: readonly number[]) => {
      const writes = ids.map((id) => {
        const write = table.mergeOf([`${id}`], { owner: 'us', size: 1 })
        return { ...placed(write, { offset: id, lane: `${id}` }), broughtBy: 'run-1' }
      })
      return (await place.put(writes, fresh)).map(({ change }) => change)
    }
    expect(await bring([1, 2])).toEqual(['inserted', 'inserted'])
    expect([...fresh]).toEqual([table.name])
    expect(await bring([3, 4])).toEqual(['inserted', 'inserted'])
    expect([...fresh]).toEqual([table.name])
    // Nobody has heard what became of these: they come again, with one that is new.
    expect(await bring([3, 4, 5])).toEqual(['inserted', 'inserted', 'inserted'])
    expect([...fresh]).toEqual([])
    expect(await table.query(`SELECT COUNT(*) AS n FROM ${table.name}`)).toEqual([{ n: 5 }])
  })

  test('a row that was deleted in a newer version stays away, also where its table is taken for new', async () => {
    await using place = await open()
    const { table } = place
    const removed = placed(table.removeOf(['1'], [], { how: 'delete' }), { offset: 2 })
    const older = placed(table.mergeOf(['1'], { owner: 'us', size: 1 }), { offset: 1 })
    await place.put([{ ...removed, broughtBy: 'run-2' }], new Set())
    const outcomes = await place.put([{ ...older, broughtBy: 'run-1' }], new Set([table.name]))
    expect(outcomes).toEqual([{ did: 'stale' }])
    expect(await table.query(`SELECT * FROM ${table.name}`)).toEqual([])
  })
})
