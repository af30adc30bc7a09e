import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Identify } from '../../../src/core/write.ts'
import { openDynamodbProxy } from '../../support/dynamodb-proxy.ts'
import { did, fieldsOf, forever, placed, SinkTable } from '../../support/sink-table.ts'
import { emulators } from './emulators.ts'

describe.each(emulators)('identify on %s', (_name, shared) => {
  let table: SinkTable
  let endpoint: string
  beforeAll(async () => {
    endpoint = (await shared()).url
    table = await new SinkTable(endpoint).create()
  })
  afterAll(() => table[Symbol.asyncDispose]())

  function person(within: string, id: string, more: Partial<Identify> = {}): Identify {
    return {
      do: 'identify',
      table: table.name,
      within,
      claims: [],
      id,
      key: (known) => [within, `P#${known}`],
      fields: { name: id },
      merge: false,
      counts: [table.countOf([within, 'META'], { people: 1 })],
      ...more,
    }
  }

  async function people(within: string): Promise<readonly string[]> {
    return [...(await table.items()).keys()].filter((key) => key.startsWith(`${within} P#`)).sort()
  }

  test('whoever shares an e-mail or a phone is one person, within one call', async () => {
    const sink = await table.sink()
    const writes = [
      person('i1', 'a', { self: 'G#1', claims: ['E#x', 'T#1'] }),
      person('i1', 'b', { self: 'G#2', claims: ['E#x'] }),
      person('i1', 'c', { self: 'G#3', claims: ['E#y', 'T#1'] }),
      person('i1', 'd', { self: 'G#4', claims: ['E#y'] }),
    ].map((write, offset) => placed(write, { offset }))
    expect(did(await sink.apply(writes, forever))).toEqual(['applied', 'exists', 'exists', 'exists'])
    expect(await people('i1')).toEqual(['i1 P#a'])
    expect(fieldsOf(await table.item(['i1', 'META']))).toEqual({ people: 1 })
  })

  test('two processes racing for one new person make one', async () => {
    const sinks = [await table.sink(), await table.sink()]
    const rounds = Array.from({ length: 30 }, (_, round) => `i2-${round}`)
    for (const within of rounds) {
      const outcomes = await Promise.all(
        sinks.map((sink, at) =>
          sink.apply(
            [placed(person(within, `p${at}`, { self: `G#${at}`, claims: ['E#x'] }), { offset: at, partition: at })],
            forever,
          ),
        ),
      )
      expect(outcomes.flatMap(did).sort()).toEqual(['applied', 'exists'])
    }
    for (const within of rounds) expect(await people(within)).toHaveLength(1)
    expect(fieldsOf(await table.item(['i2-0', 'META']))).toEqual({ people: 1 })
  })

  test('writes that need the id follow, under whoever was found', async () => {
    const sink = await table.sink()
    const comment = (id: string, offset: number) =>
      placed(
        person('i3', id, {
          claims: ['E#x'],
          dependents: (known) => [
            table.createOf(
              ['i3', `P#${known}#C#${offset}`],
              { text: `c${offset}` },
              { counts: [table.countOf(['i3', 'META'], { total: 1 })] },
            ),
          ],
        }),
        { offset },
      )
    const outcomes = await sink.apply(
      Array.from({ length: 60 }, (_, offset) => comment(`p${offset}`, offset)),
      forever,
    )
    expect(outcomes.map(({ dependents }) => did(dependents ?? []))).toEqual(
      Array.from({ length: 60 }, () => ['applied']),
    )
    expect((await people('i3')).filter((key) => key.startsWith('i3 P#p0'))).toHaveLength(61)
    expect(fieldsOf(await table.item(['i3', 'META']))).toEqual({ people: 1, total: 60 })
  })

  test('a repeat finds the person it made, and counts it once', async () => {
    const write = placed(person('i4', 'a', { self: 'G#1', claims: ['E#x'] }), { offset: 7 })
    for (let time = 0; time < 2; time++) {
      const sink = await table.sink()
      expect(did(await sink.apply([write], forever))).toEqual(['applied'])
      expect(did(await sink.apply([write], forever))).toEqual(['applied'])
    }
    const changed = placed(person('i4', 'a', { claims: ['E#other'] }), { offset: 7 })
    expect(did(await (await table.sink()).apply([changed], forever))).toEqual(['applied'])
    expect(await people('i4')).toHaveLength(1)
    expect(fieldsOf(await table.item(['i4', 'META']))).toEqual({ people: 1 })
  })

  test('an e-mail and a phone of two people stay with them, and the clash is reported once', async () => {
    const sink = await table.sink()
    await sink.apply(
      [person('i5', 'a', { claims: ['E#a'] }), person('i5', 'b', { claims: ['T#b'] })].map((write, offset) =>
        placed(write, { offset }),
      ),
      forever,
    )
    const both = placed(person('i5', 'c', { self: 'G#c', claims: ['E#a', 'T#b'] }), { offset: 3 })
    const clash = { table: table.name, within: 'i5', claim: 'T#b', holder: 'b', claimant: 'a' }
    expect(await sink.apply([both], forever)).toEqual([{ did: 'exists', clashes: [clash] }])
    expect(await sink.apply([both], forever)).toEqual([{ did: 'exists', clashes: [clash] }])
    expect(await sink.apply([{ ...both, cursor: { ...both.cursor, offset: 4 } }], forever)).toEqual([{ did: 'exists' }])
    expect(await people('i5')).toHaveLength(2)
  })

  test('a new e-mail is claimed for the person who is known', async () => {
    const sink = await table.sink()
    const known = (claims: string[], offset: number) => placed(person('i6', 'a', { self: 'G#1', claims }), { offset })
    await sink.apply([known(['E#old'], 1)], forever)
    expect(did(await sink.apply([known(['E#new'], 2)], forever))).toEqual(['exists'])
    const other = await table.sink()
    const stranger = placed(person('i6', 'z', { self: 'G#2', claims: ['E#new'] }), { offset: 3 })
    expect(did(await other.apply([stranger], forever))).toEqual(['exists'])
    expect(await people('i6')).toHaveLength(1)
  })

  test('a pin settles the question, whatever the row says later', async () => {
    const sink = await table.sink()
    await sink.apply([placed(person('i7', 'nobody', { pin: 'S#1' }), { offset: 1 })], forever)
    await sink.apply([placed(person('i7', 'guest', { self: 'G#1', claims: ['E#x'] }), { offset: 2 })], forever)
    for (const each of [sink, await table.sink()]) {
      let found = ''
      const later = person('i7', 'guest', {
        pin: 'S#1',
        self: 'G#1',
        claims: ['E#x'],
        dependents: (id) => {
          found = id
          return []
        },
      })
      await each.apply([placed(later, { offset: 3 })], forever)
      expect(found).toBe('nobody')
    }
    const repeated = placed(person('i7', 'somebody', { pin: 'S#1' }), { offset: 9 })
    expect(did(await (await table.sink()).apply([repeated], forever))).toEqual(['exists'])
    expect(await people('i7')).toEqual(['i7 P#guest', 'i7 P#nobody'])
    const fresh = person('i7', 'guest', { pin: 'S#2', self: 'G#1', claims: ['E#x'] })
    await sink.apply([placed(fresh, { offset: 4 })], forever)
    expect(await table.item(['i7', 'S#2'])).toMatchObject({ holder: 'guest' })
  })

  test('whoever is new costs one read of all claims and one transaction', async () => {
    await using proxy = await openDynamodbProxy(endpoint)
    const sink = await table.sink({ endpoint: proxy.url })
    const fresh = person('i9', 'a', { pin: 'S#1', self: 'G#1', claims: ['E#x', 'T#1'], counts: [] })
    expect(did(await sink.apply([placed(fresh, { offset: 1 })], forever))).toEqual(['applied'])
    expect(proxy.calls.map(({ operation }) => operation)).toEqual(['BatchGetItem', 'TransactWriteItems'])
  })

  test('fields are merged into a person who exists only when asked, and never older ones', async () => {
    await table.put({ pk: 'i8', sk: 'P#a', name: 'theirs', vip: true })
    const sink = await table.sink()
    const left = placed(person('i8', 'a', { self: 'G#1', fields: { name: 'ours' } }), { offset: 5 })
    expect(did(await sink.apply([left], forever))).toEqual(['exists'])
    expect(await table.item(['i8', 'P#a'])).toEqual({ pk: 'i8', sk: 'P#a', name: 'theirs', vip: true })
    const merged = (name: string, offset: number) =>
      placed(person('i8', 'a', { self: 'G#1', merge: true, fields: { name }, onCreate: { kind: 'new' } }), { offset })
    expect(did(await sink.apply([merged('newer', 9)], forever))).toEqual(['applied'])
    expect(did(await sink.apply([merged('older', 8)], forever))).toEqual(['stale'])
    expect(fieldsOf(await table.item(['i8', 'P#a']))).toEqual({ name: 'newer', vip: true })
  })
})
