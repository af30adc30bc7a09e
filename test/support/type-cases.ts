// Tests of column types: what is inserted into a column of each, and what has to come out by both ways.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Kind } from '../../src/core/table.ts'
import type { Value } from '../../src/core/value.ts'
import { type BothPaths, bothPaths } from './both-paths.ts'
import { FLAVOURS, type FlavourName } from './flavours.ts'
import { type FreshDatabase, freshDatabase } from './fresh-database.ts'

export interface TypeCase {
  readonly type: string
  readonly kind: Kind
  /** The type as the shape tells it, where that is not what was declared. */
  readonly shown?: string
  /** What is inserted, and what comes out. */
  readonly values: readonly (readonly [sql: string, value: Value])[]
  readonly only?: FlavourName
}

/** Texts that come out as they went in. */
export function quoted(...texts: string[]): TypeCase['values'] {
  return texts.map((text) => [`'${text}'`, text])
}

/** Integers that come out as they went in. */
export function same(...numbers: (number | bigint)[]): TypeCase['values'] {
  return numbers.map((number) => [String(number), number])
}

export function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}

/** A table for each case, all of them filled and read at once. */
export function describeTypes(all: readonly TypeCase[]): void {
  describe.each(FLAVOURS)('%s', (flavour, open) => {
    const cases = all.filter(({ only = flavour }) => only === flavour)
    let database: FreshDatabase
    let found: ReadonlyMap<string, BothPaths>

    beforeAll(async () => {
      const server = await open()
      database = await freshDatabase(server)
      await database.query("SET sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'")
      for (const [index, { type }] of cases.entries()) {
        await database.query(`CREATE TABLE t${index} (id INT PRIMARY KEY, value ${type} NULL)`)
      }
      found = await bothPaths(server, database, async () => {
        for (const [index, { values }] of cases.entries()) {
          const rows = ['NULL', ...values.map(([sql]) => sql)].map((sql, id) => `(${id}, ${sql})`)
          await database.query(`INSERT INTO t${index} VALUES ${rows.join(',')}`)
        }
      })
    })
    afterAll(() => database[Symbol.asyncDispose]())

    test.each(cases.map((one, index) => [one.type.slice(0, 60), index] as const))('%s', (_, index) => {
      const { type, shown = type, kind, values } = cases[index]!
      const { shape, rows } = found.get(`t${index}`)!
      expect(shape.columns[1]).toEqual({ name: 'value', kind, type: shown })
      expect(rows.map(({ value }) => value)).toEqual([null, ...values.map(([, value]) => value)])
    })
  })
}
