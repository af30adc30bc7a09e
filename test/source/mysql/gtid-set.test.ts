import { describe, expect, test } from 'vitest'
import type { Gtid } from '../../../src/source/mysql/gtid.ts'
import { parseGtidSet } from '../../../src/source/mysql/gtid-set.ts'

const UUID = '3e11fa47-71ca-11e1-9e33-c80aa9429562'
const OTHER = '2c256447-3f0d-431b-9a25-bddf1f1f6ef6'

function mysql(number: number, source = UUID): Gtid {
  return { source, number, serverId: 0, text: `${source}:${number}` }
}

describe('the GTID set of MySQL', () => {
  test.each([
    '',
    `${UUID}:1`,
    `${UUID}:1-5:8:11-18`,
    `${OTHER}:1-27,${UUID}:3`,
    `${UUID}:1-5:tag_a:1:tag_b:2-3`,
    `${UUID}:tag_a:1`,
  ])('reads and writes %j as the server does', (text) => {
    expect(parseGtidSet(text, false).toString()).toBe(text)
  })

  test('takes the notation of gtid_executed, in capitals and on several lines', () => {
    const set = parseGtidSet(`${UUID.toUpperCase()}:1-5,\n${OTHER}:7`, false)
    expect(set.toString()).toBe(`${OTHER}:7,${UUID}:1-5`)
  })

  test('closes gaps, in whatever order transactions come', () => {
    const set = parseGtidSet(`${UUID}:1-5:9`, false)
    for (const number of [7, 6, 10, 8]) set.add(mysql(number))
    set.add(mysql(1, `${UUID}:tag_a`))
    expect(set.toString()).toBe(`${UUID}:1-10:tag_a:1`)
    expect(set.has(mysql(8))).toBe(true)
    expect(set.has(mysql(11))).toBe(false)
  })
})

describe('the GTID set of MariaDB', () => {
  const mariadb = (domain: string, serverId: number, number: number): Gtid => ({
    source: domain,
    serverId,
    number,
    text: `${domain}-${serverId}-${number}`,
  })

  test('keeps the last transaction of each domain', () => {
    const set = parseGtidSet('0-1-5,7-2-1', true)
    set.add(mariadb('0', 3, 6))
    set.add(mariadb('9', 1, 1))
    expect(set.toString()).toBe('0-3-6,7-2-1,9-1-1')
    expect(set.has(mariadb('0', 1, 5))).toBe(true)
    expect(set.has(mariadb('7', 2, 2))).toBe(false)
  })

  test('refuses what is none', () => {
    expect(() => parseGtidSet(`${UUID}:1-5`, true)).toThrow(/no GTID/)
  })
})
