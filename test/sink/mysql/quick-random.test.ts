// Random calls, by either way of the sink upon a table of its own: outcomes, rows and guards are the same after each.

import { describe, expect, test } from 'vitest'
import type { Fields } from '../../../src/core/value.ts'
import type { Merge } from '../../../src/core/write.ts'
import type { PlacedWrite } from '../../../src/sink/sink.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { end, QuickCalls } from '../../support/quick-calls.ts'
import { Random } from '../../support/random.ts'
import { SinkDatabase } from '../../support/sink-database.ts'
import { placed } from '../../support/sink-table.ts'

const CALLS = 250
const ROWS = 24
const REMOVALS = ['tombstone', 'flag', 'delete'] as const
const POLICIES = ['newest-wins', 'mysql-wins', 'dynamodb-wins', 'review'] as const

/** The same for either table. */
type Chosen = (table: SinkDatabase) => PlacedWrite

function choose(random: Random, call: number, isPlain: boolean): Chosen {
  const key = [`${1 + random.below(ROWS)}`] as const
  // Mostly newer than what the calls before have brought.
  const offset = 1 + call * 10 + random.below(random.chance(0.1) ? 1 : 30)
  const run = !isPlain && random.chance(0.1) ? { run: `r${random.below(2)}` } : {}
  const place = { offset, lane: `${key}` }
  const fields: Fields = random.pick([
    { size: random.below(3) },
    { size: random.below(3), total: random.below(3) },
    { name: `n${random.below(999)}` },
    { size: random.below(3), name: random.chance(0.1) ? 'far too long' : null },
  ])
  const more = moreOf(random, isPlain)
  const kind = isPlain ? 0 : random.below(9)
  const removal = random.pick(REMOVALS)
  const write = (table: SinkDatabase) => {
    if (kind === 1) return table.removeOf(key, ['size'], { how: removal })
    if (kind === 2) return table.createOf(key, fields)
    if (kind === 3) return table.countOf(key, { total: 1 })
    return table.mergeOf(key, fields, more)
  }
  return (table) => ({ ...placed(write(table), place), ...run })
}

function moreOf(random: Random, isPlain: boolean): Partial<Merge> {
  const before = random.chance(0.1) ? null : { size: random.below(3) }
  const group = { group: 'g', row: 'r', policy: random.pick(POLICIES), fields: ['size'], clock: 'size', before }
  return {
    ...(random.chance(0.2) ? { guard: 'own' } : {}),
    ...(random.chance(0.15) ? { mustExist: random.pick(['or-reject', 'or-pass'] as const) } : {}),
    ...(random.chance(0.1) ? { contested: [group] } : {}),
    ...(!isPlain && random.chance(0.1) ? { seed: true } : {}),
    ...(!isPlain && random.chance(0.1) ? { mends: true } : {}),
  }
}

/** What somebody else does. */
function foreign(random: Random): (table: SinkDatabase) => string {
  const id = 1 + random.below(ROWS)
  const what = random.below(3)
  const size = random.below(3)
  return ({ name }) => {
    if (what === 0) return `DELETE FROM ${name} WHERE id = ${id}`
    if (what === 1) return `INSERT IGNORE INTO ${name} (id, size, theirs) VALUES (${id}, ${size}, 1)`
    return `UPDATE ${name} SET size = ${size} WHERE id = ${id}`
  }
}

describe.each(FLAVOURS)('random calls on %s', (_flavour, shared) => {
  async function open(): Promise<SinkDatabase> {
    const columns = 'id int PRIMARY KEY, name varchar(9), size int, total int, theirs int, UNIQUE (name)'
    return SinkDatabase.open(await shared(), { columns, key: ['id'], owns: ['name', 'size', 'total'] })
  }

  test('come to the same by either way', async () => {
    const random = new Random()
    await using quick = await open()
    await using careful = await open()
    await using quickly = await QuickCalls.open(quick)
    await using carefully = await QuickCalls.open(careful)
    let taken = 0
    for (let call = 0; call < CALLS; call++) {
      if (random.chance(0.3)) {
        const statement = foreign(random)
        for (const table of [quick, careful]) await table.query(statement(table))
      }
      const isPlain = random.chance(0.7)
      const chosen = Array.from({ length: 2 + random.below(3) }, () => choose(random, call, isPlain))
      const writes = (table: SinkDatabase) => chosen.map((one) => one(table))
      const outcomes = await quickly.quick(writes(quick))
      if (outcomes !== null) taken++
      const ended = await end(quick, outcomes ?? (await quickly.careful(writes(quick))))
      expect(ended, `call ${call}`).toEqual(await end(careful, await carefully.careful(writes(careful))))
    }
    expect(taken).toBeGreaterThan(CALLS / 10)
    expect(taken).toBeLessThan(CALLS)
  })
})
