// Random rows of random tables: as they went in, the same by both ways, and the same again when encoded from values.

import { describe, expect, test } from 'vitest'
import type { Value } from '../../../src/core/value.ts'
import { bothPaths } from '../../support/both-paths.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { freshDatabase } from '../../support/fresh-database.ts'
import { Random } from '../../support/random.ts'

const TABLES = 12
const ROWS = 40
const NULLS = 0.15

/** A column's type, and how to make a value of it: what stands in the statement, and what has to come out. */
interface Maker {
  readonly type: string
  readonly make: () => { readonly sql: string; readonly value: Value }
}

class Makers {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  any(): Maker {
    const make = this.#random.pick([
      () => this.#integer(),
      () => this.#bit(),
      () => this.#decimal(),
      () => this.#float(),
      () => this.#text(),
      () => this.#bytes(),
      () => this.#date(),
      () => this.#datetime(),
      () => this.#time(),
      () => this.#timestamp(),
      () => this.#labels(),
    ])
    return make()
  }

  #below(limit: number): number {
    // Ends and small numbers are where things break.
    return (
      this.#random.pick([0, 1, limit - 1, this.#random.below(limit), this.#random.below(Math.min(limit, 200))]) % limit
    )
  }

  #digits(count: number): string {
    return Array.from({ length: count }, () => this.#random.pick(['0', '0', '9', String(this.#random.below(10))])).join(
      '',
    )
  }

  #integer(): Maker {
    const bits = this.#random.pick([8, 16, 24, 32, 64])
    const name = { 8: 'tinyint', 16: 'smallint', 24: 'mediumint', 32: 'int', 64: 'bigint' }[bits]
    const isUnsigned = this.#random.chance(0.5)
    const make = () => {
      const random = this.#wide(bits)
      const wide = isUnsigned ? random : BigInt.asIntN(bits, random)
      const short = Number(wide)
      return { sql: String(wide), value: Number.isSafeInteger(short) ? short : wide }
    }
    return { type: `${name}${isUnsigned ? ' unsigned' : ''}`, make }
  }

  #wide(bits: number): bigint {
    const size = this.#random.pick([bits, this.#random.below(bits) + 1])
    let wide = 0n
    for (let bit = 0; bit < size; bit++) wide = (wide << 1n) | (this.#random.chance(0.5) ? 1n : 0n)
    return wide
  }

  #bit(): Maker {
    const bits = 1 + this.#random.below(64)
    const make = () => {
      const wide = this.#wide(bits)
      return { sql: String(wide), value: wide <= Number.MAX_SAFE_INTEGER ? Number(wide) : wide }
    }
    return { type: `bit(${bits})`, make }
  }

  #decimal(): Maker {
    const scale = this.#random.below(31)
    const whole = this.#random.below(66 - scale)
    const precision = Math.max(whole + scale, 1)
    const make = () => {
      const text = this.#digits(precision - scale).replace(/^0+(?=\d)/, '') || '0'
      const fraction = this.#digits(scale)
      const isZero = /^0*$/.test(text + fraction)
      const sign = this.#random.chance(0.5) && !isZero ? '-' : ''
      const value = `${sign}${text}${scale > 0 ? `.${fraction}` : ''}`
      return { sql: value, value }
    }
    return { type: `decimal(${precision},${scale})`, make }
  }

  #float(): Maker {
    const isDouble = this.#random.chance(0.5)
    const bytes = Buffer.alloc(8)
    const make = (): { sql: string; value: number } => {
      for (let index = 0; index < 8; index++) bytes[index] = this.#random.below(256)
      const value = isDouble ? bytes.readDoubleLE() : bytes.readFloatLE()
      return Number.isFinite(value) ? { sql: value.toExponential(), value } : make()
    }
    return { type: isDouble ? 'double' : 'float', make }
  }

  #text(): Maker {
    const [charset, characters] = this.#random.pick([
      ['utf8mb4', 'aé日🍜 \'"\\'],
      ['utf8mb3', "aé日 '"],
      ['latin1', 'aé€ÿ\u0081 '],
      ['cp1251', 'aжЯ№ '],
      ['sjis', 'a日本ｱ '],
      ['gbk', 'a中文 '],
      ['utf16', 'aé🍜 '],
      ['utf32', 'aé🍜 '],
      ['ucs2', 'aé日 '],
      ['ujis', 'a日本ｱ '],
    ] as const)
    const length = this.#random.pick([3, 80, 300])
    const [type, isPadded] = this.#random.pick([
      [`varchar(${length})`, false],
      ['text', false],
      [`char(${Math.min(length, 255)})`, true],
    ] as const)
    const make = () => {
      const count = this.#random.below(Math.min(length, 255) + 1)
      const text = Array.from({ length: count }, () => this.#random.pick([...characters])).join('')
      const sql = `_utf8mb4 X'${Buffer.from(text).toString('hex')}'`
      return { sql, value: isPadded ? text.replace(/ +$/, '') : text }
    }
    return { type: `${type} CHARACTER SET ${charset}`, make }
  }

  #bytes(): Maker {
    const length = this.#random.pick([1, 16, 255])
    const isFixed = this.#random.chance(0.5)
    const make = () => {
      const held = Buffer.from(Array.from({ length: this.#random.below(length + 1) }, () => this.#below(256)))
      const value = Uint8Array.from(isFixed ? Buffer.concat([held, Buffer.alloc(length - held.length)]) : held)
      return { sql: `X'${held.toString('hex')}'`, value }
    }
    return { type: isFixed ? `binary(${length})` : this.#random.pick([`varbinary(${length})`, 'blob']), make }
  }

  #day(): string {
    const [year, month, day] = [this.#below(10_000), this.#below(13), this.#below(32)]
    return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  }

  #clock(hours: number, scale: number): string {
    const parts = [hours, this.#below(60), this.#below(60)].map((part) => String(part).padStart(2, '0'))
    return `${parts.join(':')}${scale === 0 ? '' : `.${this.#digits(scale)}`}`
  }

  #date(): Maker {
    return { type: 'date', make: () => plain(this.#day()) }
  }

  #datetime(): Maker {
    const scale = this.#random.below(7)
    return { type: `datetime(${scale})`, make: () => plain(`${this.#day()} ${this.#clock(this.#below(24), scale)}`) }
  }

  #time(): Maker {
    const scale = this.#random.below(7)
    const make = () => {
      const text = this.#clock(this.#below(838), scale)
      return plain(this.#random.chance(0.5) && /[1-9]/.test(text) ? `-${text}` : text)
    }
    return { type: `time(${scale})`, make }
  }

  #timestamp(): Maker {
    const scale = this.#random.below(7)
    const make = () => {
      const date = new Date((1 + this.#below(2 ** 31 - 1)) * 1000).toISOString().slice(0, 19)
      const text = scale === 0 ? date : `${date}.${this.#digits(scale)}`
      return { sql: `'${text.replace('T', ' ')}'`, value: `${text}Z` }
    }
    return { type: `timestamp(${scale})`, make }
  }

  #labels(): Maker {
    const isSet = this.#random.chance(0.5)
    const count = 1 + this.#random.below(isSet ? 64 : 400)
    const labels = Array.from({ length: count }, (_, index) => `é${index}`)
    const make = () =>
      plain(isSet ? labels.filter(() => this.#random.chance(0.3)).join(',') : this.#random.pick(labels))
    return { type: `${isSet ? 'set' : 'enum'}(${labels.map((label) => `'${label}'`).join(',')})`, make }
  }
}

function plain(text: string): { sql: string; value: Value } {
  return { sql: `'${text}'`, value: text }
}

describe.each(FLAVOURS)('%s', (_, open) => {
  test('any row of any table comes out as it went in', async () => {
    const random = new Random()
    const makers = new Makers(random)
    const server = await open()
    await using database = await freshDatabase(server)
    await database.query("SET sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'")
    const expected = new Map<string, object[]>()
    const found = await bothPaths(server, database, async () => {
      for (let table = 0; table < TABLES; table++) {
        const columns = Array.from({ length: 1 + random.below(20) }, () => makers.any())
        const declared = columns.map(({ type }, index) => `c${index} ${type} NULL`)
        await database.query(`CREATE TABLE t${table} (id INT PRIMARY KEY, ${declared.join(',')}) ENGINE = MyISAM`)
        const rows = Array.from({ length: ROWS }, () =>
          columns.map(({ make }) => (random.chance(NULLS) ? { sql: 'NULL', value: null } : make())),
        )
        const values = rows.map((row, id) => `(${[String(id), ...row.map(({ sql }) => sql)].join(',')})`)
        await database.query(`INSERT INTO t${table} VALUES ${values.join(',')}`)
        expected.set(
          `t${table}`,
          rows.map((row, id) => ({ id, ...Object.fromEntries(row.map(({ value }, index) => [`c${index}`, value])) })),
        )
      }
    })
    for (const [table, { rows }] of found) expect(rows).toEqual(expected.get(table))
    expect(found.size).toBe(TABLES)
  })
})
