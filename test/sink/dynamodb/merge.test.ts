import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { did, fieldsOf, forever, placed, SinkTable } from '../../support/sink-table.ts'
import { emulators } from './emulators.ts'

describe.each(emulators)('merge and remove on %s', (_name, shared) => {
  let table: SinkTable
  beforeAll(async () => {
    table = await new SinkTable((await shared()).url).create()
  })
  afterAll(() => table[Symbol.asyncDispose]())

  test('an older change never overwrites a newer one', async () => {
    const sink = await table.sink()
    const older = placed(table.mergeOf(['m1', 'a'], { text: 'older' }), { offset: 1 })
    const newer = placed(table.mergeOf(['m1', 'a'], { text: 'newer' }), { offset: 2 })
    expect(did(await sink.apply([newer], forever))).toEqual(['applied'])
    expect(did(await sink.apply([older, newer], forever))).toEqual(['stale', 'applied'])
    expect(fieldsOf(await table.item(['m1', 'a']))).toEqual({ text: 'newer' })
  })

  test("what others wrote into the item stays, and a null takes the writer's own field away", async () => {
    await table.put({ pk: 'm2', sk: 'a', text: 'old', name: 'kept', ai_notes: ['draft'] })
    const sink = await table.sink()
    const write = placed(table.mergeOf(['m2', 'a'], { text: 'new', rating: null }), { offset: 1 })
    expect(did(await sink.apply([write], forever))).toEqual(['applied'])
    const later = placed(table.mergeOf(['m2', 'a'], { text: null, rating: 4 }), { offset: 2 })
    expect(did(await sink.apply([later], forever))).toEqual(['applied'])
    expect(fieldsOf(await table.item(['m2', 'a']))).toEqual({ name: 'kept', ai_notes: ['draft'], rating: 4 })
  })

  test('guards with names of their own do not hold each other back', async () => {
    const sink = await table.sink()
    const writes = [
      placed(table.mergeOf(['m3', 'a'], { text: 'first' }), { offset: 9 }),
      placed(table.mergeOf(['m3', 'a'], { name: 'second' }, { guard: 'other' }), { offset: 3 }),
      placed(table.mergeOf(['m3', 'a'], { name: 'third' }, { guard: 'other' }), { offset: 2 }),
    ]
    expect(did(await sink.apply(writes, forever))).toEqual(['applied', 'applied', 'stale'])
    expect(fieldsOf(await table.item(['m3', 'a']))).toEqual({ text: 'first', name: 'second' })
  })

  test('a seed brings in what is missing once, and never afterwards', async () => {
    const sink = await table.sink()
    const seed = (text: string, offset: number) =>
      placed(table.mergeOf(['m4', 'a'], { text }, { seed: true }), { offset })
    expect(did(await sink.apply([seed('one', 1), seed('two', 2)], forever))).toEqual(['applied', 'exists'])
    const other = await table.sink()
    expect(did(await other.apply([seed('three', 3), seed('three', 4)], forever))).toEqual(['exists', 'exists'])
    expect(did(await other.apply([seed('one', 1)], forever))).toEqual(['exists'])
    expect(fieldsOf(await table.item(['m4', 'a']))).toEqual({ text: 'one' })
  })

  test('a seed does not keep out a merge of an older record, which may know more', async () => {
    const sink = await table.sink()
    const seed = placed(table.mergeOf(['m14', 'a'], { text: 'seeded' }, { seed: true }), { offset: 9 })
    const merge = placed(table.mergeOf(['m14', 'a'], { text: 'merged', name: 'known' }), { offset: 3 })
    expect(did(await sink.apply([seed, merge], forever))).toEqual(['applied', 'applied'])
    expect(did(await (await table.sink()).apply([seed, merge], forever))).toEqual(['exists', 'applied'])
    expect(fieldsOf(await table.item(['m14', 'a']))).toEqual({ text: 'merged', name: 'known' })
  })

  test('writes of one lane keep their order, though they are given in one call', async () => {
    const sink = await table.sink()
    const writes = Array.from({ length: 8 }, (_, offset) =>
      placed(table.mergeOf(['m5', 'a'], { text: `v${offset}`, rating: offset % 2 ? null : offset }), {
        offset,
        lane: 'row',
      }),
    )
    await sink.apply(writes, forever)
    expect(fieldsOf(await table.item(['m5', 'a']))).toEqual({ text: 'v7' })
  })

  test('an older event that is replayed does not bring a deleted row back; a newer one does', async () => {
    const sink = await table.sink()
    const merge = (offset: number) => placed(table.mergeOf(['m6', 'a'], { text: `v${offset}` }), { offset })
    await sink.apply([merge(1)], forever)
    const remove = placed(table.removeOf(['m6', 'a'], ['text']), { offset: 2 })
    expect(did(await sink.apply([remove, remove], forever))).toEqual(['applied', 'applied'])
    const tombstone = await table.item(['m6', 'a'])
    expect(fieldsOf(tombstone)).toEqual({})
    expect(tombstone).toMatchObject({ mr_deleted_at: expect.any(String), mr_expires: expect.any(Number) })
    expect(did(await sink.apply([merge(1)], forever))).toEqual(['stale'])
    expect(did(await sink.apply([merge(3)], forever))).toEqual(['applied'])
    const revived = await table.item(['m6', 'a'])
    expect(fieldsOf(revived)).toEqual({ text: 'v3' })
    expect(revived).not.toHaveProperty('mr_deleted_at')
    expect(revived).not.toHaveProperty('mr_expires')
  })

  test('an item is never deleted, for it keeps its positions', async () => {
    const gone = placed(table.removeOf(['m7', 'gone'], ['text'], { how: 'delete' }), { offset: 1 })
    const refused = { code: 'CONNECTOR_INVALID', fate: 'stop', message: expect.stringMatching(/flag or tombstone/u) }
    await expect((await table.sink()).apply([gone], forever)).rejects.toMatchObject(refused)
  })

  test('a tombstone that holds what others wrote never expires', async () => {
    await table.put({ pk: 'm7', sk: 'a', text: 'mine', ai_notes: 'theirs' })
    const sink = await table.sink()
    await sink.apply([placed(table.removeOf(['m7', 'a'], ['text']), { offset: 1 })], forever)
    const item = await table.item(['m7', 'a'])
    expect(fieldsOf(item)).toEqual({ ai_notes: 'theirs' })
    expect(item).not.toHaveProperty('mr_expires')
  })

  test('a row that was never seen leaves a tombstone all the same', async () => {
    const sink = await table.sink()
    const now = placed(table.removeOf(['m8', 'a'], ['text']), { offset: 5 })
    expect(did(await sink.apply([now], forever))).toEqual(['applied'])
    expect(did(await sink.apply([placed(table.mergeOf(['m8', 'a'], { text: 'x' }), { offset: 4 })], forever))).toEqual([
      'stale',
    ])
    const reborn = placed(table.createOf(['m8', 'a'], { text: 'reborn' }), { offset: 6 })
    expect(did(await sink.apply([reborn], forever))).toEqual(['applied'])
    expect(did(await sink.apply([reborn], forever))).toEqual(['applied'])
    expect(await table.item(['m8', 'a'])).not.toHaveProperty('mr_expires')
  })

  test('a flag leaves all fields as they are', async () => {
    await table.put({ pk: 'm9', sk: 'a', text: 'kept' })
    const sink = await table.sink()
    const flag = placed(table.removeOf(['m9', 'a'], [], { how: 'flag' }), { offset: 1 })
    expect(did(await sink.apply([flag], forever))).toEqual(['applied'])
    expect(await table.item(['m9', 'a'])).toMatchObject({ text: 'kept', mr_deleted_at: '2025-11-28T14:30:00.000Z' })
  })
})
