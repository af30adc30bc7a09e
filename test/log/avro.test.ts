import { readFile } from 'node:fs/promises'
import avsc from 'avsc'
import { describe, expect, test } from 'vitest'
import { ChangeEvent } from '../../src/core/event.ts'
import { encodeRow, RowImage } from '../../src/core/image.ts'
import { type Kind, keyShape, type TableShape } from '../../src/core/table.ts'
import { SCHEMAS } from '../../src/core/topic.ts'
import type { Row } from '../../src/core/value.ts'
import { openAvroCodec } from '../../src/log/avro/avro-codec.ts'
import { fingerprint } from '../../src/log/avro/fingerprint.ts'
import type { LogRecord } from '../../src/log/log.ts'
import { changeEvent, tableShape } from '../support/change-event.ts'
import { TopicMemory } from '../support/topic-memory.ts'

const NOW_MS = Date.UTC(2026, 0, 2)
const ALL_KINDS: Kind[] = [
  ...(['int', 'long', 'ulong', 'bits', 'float', 'double', 'decimal', 'text', 'bytes'] as const),
  ...(['date', 'time', 'datetime', 'timestamp', 'json', 'enum', 'set'] as const),
]
const wide = tableShape('wide', { id: 'long', ...Object.fromEntries(ALL_KINDS.map((kind) => [`c_${kind}`, kind])) }, [
  'id',
])
const extremes: Row = {
  ...{ id: -9223372036854775808n, c_int: -2147483648, c_long: 9223372036854775807n, c_ulong: 18446744073709551615n },
  ...{ c_bits: 9007199254740993n, c_float: 1.5, c_double: 5e-324, c_decimal: '-0.00000000000000000001' },
  ...{ c_text: 'naïve 🍜', c_bytes: Uint8Array.of(0, 255), c_date: '0000-00-00', c_time: '-838:59:59.000000' },
  ...{ c_datetime: '9999-12-31 23:59:59.999999', c_timestamp: '1970-01-01T00:00:01Z', c_json: '{"a": 1.10}' },
  ...{ c_enum: '', c_set: 'a,b' },
}
const nulls: Row = { id: 1, ...Object.fromEntries(ALL_KINDS.map((kind) => [`c_${kind}`, null])) }

const comment = (columns: Record<string, Kind> = {}, key = ['id']): TableShape =>
  tableShape('comment', { id: 'int', rating: 'int', ...columns }, key)

function open(log: TopicMemory, accept: readonly string[] = []) {
  return openAvroCodec({ log, registry: null, accept, nowMs: () => NOW_MS })
}

/** The events' records alone; the schemas go to the log. */
async function encode(log: TopicMemory, events: readonly ChangeEvent[], accept: readonly string[] = []) {
  const records = await (await open(log, accept)).encode(events)
  log.append(records)
  return records.filter(({ topic }) => topic !== SCHEMAS) as (LogRecord & { value: Buffer })[]
}

async function schemasOf(log: TopicMemory): Promise<Map<string, { subject: string; schema: string }>> {
  const type = avsc.Type.forSchema(JSON.parse(await readFile('schemas/table-schema.v1.avsc', 'utf8')))
  const found = new Map()
  for await (const { value } of log.latest(SCHEMAS)) {
    const entry = type.fromBuffer(Buffer.from(value!.subarray(10)))
    found.set(entry.fingerprint.toString('hex'), entry)
  }
  return found
}

describe('the Avro codec', () => {
  test('gives back every part of an event, with every kind at its extremes', async () => {
    const log = new TopicMemory()
    const plain = changeEvent({ shape: wide, op: 'update', before: nulls, after: extremes, at: 2 ** 40 })
    const whereabouts = { gtid: 'uuid:1-9', file: 'b.1', offset: 2 ** 47, row: 3, serverId: 4294967295 }
    const event = { ...plain.parts, whereabouts, run: 'läuft', fault: 'x'.repeat(300), origin: 'jp 日本' }
    const [record] = await encode(log, [Object.assign(plain, { parts: event })])
    const { parts, before, after, key, changedAt } = await (await open(log)).decode(record!)

    expect({ ...parts, keyImage: 0, beforeImage: 0, afterImage: 0 }).toEqual({
      ...{ ...event, keyImage: 0, beforeImage: 0, afterImage: 0 },
    })
    expect({ before, after, key }).toEqual({ before: nulls, after: extremes, key: { id: -9223372036854775808n } })
    expect(changedAt.getTime()).toBe(event.changedAtMs)
  })

  test.each(['insert', 'update', 'delete', 'read'] as const)('tells %s', async (op) => {
    const log = new TopicMemory()
    const [record] = await encode(log, [changeEvent({ shape: comment(), op, before: { id: 1 } })])
    expect((await (await open(log)).decode(record!)).op).toBe(op)
  })

  test('writes standard Avro: single objects whose schemas are in the log, readable by any Avro library', async () => {
    const log = new TopicMemory()
    const shape = comment({ words: 'text', 'odd näme': 'bytes', odd_n_me: 'text' })
    const after = { id: 7, rating: null, words: 'ok', 'odd näme': Uint8Array.of(9), odd_n_me: 'plain' }
    const [record] = await encode(log, [changeEvent({ shape, op: 'insert', after })])
    const schemas = await schemasOf(log)
    const readBy = (bytes: Uint8Array) => {
      const buffer = Buffer.from(bytes)
      expect(buffer.subarray(0, 2)).toEqual(Buffer.of(0xc3, 0x01))
      const schema = schemas.get(buffer.toString('hex', 2, 10))?.schema ?? ''
      const type = avsc.Type.forSchema(JSON.parse(schema), { wrapUnions: false })
      return { schema: JSON.parse(schema), value: type.fromBuffer(buffer.subarray(10)) }
    }

    expect(readBy(record!.key)).toMatchObject({
      schema: { name: 'Key', namespace: 'millrace.app.comment' },
      value: { id: 7 },
    })
    const { schema, value } = readBy(record!.value)
    expect(schema).toMatchObject({ name: 'Envelope', namespace: 'millrace.app.comment' })
    expect(value).toMatchObject({
      before: null,
      after: { id: 7, rating: null, words: 'ok', odd_n_me_2: Buffer.of(9), odd_n_me: 'plain' },
      source: { connector: 'mysql', name: 'millrace', db: 'app', table: 'comment', schema: 1, pos: 1, row: 0 },
      op: 'c',
      ts_ms: NOW_MS,
    })
    expect((await (await open(log)).decode(record!)).after).toEqual(after)
  })

  test('fingerprints schemas as the specification does', () => {
    expect(fingerprint('"int"').toString('hex')).toBe('8f5c393f1ad57572')
    expect(fingerprint('"string"').toString('hex')).toBe('c70345637248018f')
  })

  test('leaves the images as they are: their bytes are neither copied nor decoded', async () => {
    const log = new TopicMemory()
    const [record] = await encode(log, [changeEvent({ shape: wide, op: 'insert', after: extremes })])
    const { afterImage, keyImage } = (await (await open(log)).decode(record!)).parts
    expect(afterImage!.bytes.buffer).toBe(record!.value.buffer)
    expect(keyImage.bytes.buffer).toBe(record!.key.buffer)
  })

  test('says a schema once, before the first record that needs it', async () => {
    const log = new TopicMemory()
    const codec = await open(log)
    const event = changeEvent({ shape: comment(), op: 'insert', after: { id: 1 } })
    const same = changeEvent({ shape: comment(), op: 'insert', after: { id: 2 } })
    const first = await codec.encode([event, same])
    expect(first.map(({ topic }) => topic)).toEqual([
      ...[SCHEMAS, SCHEMAS],
      ...['millrace.app.comment', 'millrace.app.comment'],
    ])
    expect(await codec.encode([event])).toHaveLength(1)
    log.append(first)
    expect(await (await open(log)).encode([event])).toHaveLength(1)
  })

  test('says a schema again when the append that held it failed', async () => {
    const log = new TopicMemory()
    const event = changeEvent({ shape: comment(), op: 'insert', after: { id: 1 } })
    await (await open(log)).encode([event])
    expect(await (await open(log)).encode([event])).toHaveLength(3)
  })

  test('reads a schema that another process appended meanwhile', async () => {
    const log = new TopicMemory()
    const reader = await open(log)
    const [record] = await encode(log, [changeEvent({ shape: comment(), op: 'insert', after: { id: 1 } })])
    expect((await reader.decode(record!)).key).toEqual({ id: 1 })
  })

  test('reads a shape that came back, as another process appended it meanwhile', async () => {
    const log = new TopicMemory()
    const reader = await open(log)
    for (const shape of [comment(), comment({ words: 'text' }), comment()]) {
      const [record] = await encode(log, [changeEvent({ shape, op: 'insert', after: { id: 1 } })])
      expect((await reader.decode(record!)).key).toEqual({ id: 1 })
    }
  })

  test('keeps apart schemas that Avro takes for the same', async () => {
    const log = new TopicMemory()
    const after = { id: 1, seen: '18446744073709551615' }
    const asText = await encode(log, [changeEvent({ shape: comment({ seen: 'text' }), op: 'insert', after })])
    const asNumber = await encode(log, [changeEvent({ shape: comment({ seen: 'ulong' }), op: 'insert', after })])
    expect(asText[0]!.value.subarray(0, 10)).toEqual(asNumber[0]!.value.subarray(0, 10))
    const codec = await open(log)
    expect((await codec.decode(asText[0]!)).after?.seen).toBe('18446744073709551615')
    expect((await codec.decode(asNumber[0]!)).after?.seen).toBe(18446744073709551615n)
  })

  test('carries events of tables without a primary key, the whole row as their key', async () => {
    const log = new TopicMemory()
    const shape = comment({}, [])
    const row = { id: 1, rating: null }
    const parts = {
      ...changeEvent({ shape, op: 'insert', after: row }).parts,
      keyImage: new RowImage(shape, encodeRow(shape, row)),
    }
    const [record] = await encode(log, [Object.assign(changeEvent({ shape, op: 'insert', after: row }), { parts })])
    expect((await (await open(log)).decode(record!)).key).toEqual(row)
  })

  test('keeps the order of a key of several columns', async () => {
    const log = new TopicMemory()
    const shape = tableShape('t', { a: 'text', b: 'int', c: 'int' }, ['c', 'a'])
    const row = { a: 'x', b: 1, c: 2 }
    const parts = changeEvent({ shape, op: 'insert', after: row }).parts
    const keyImage = new RowImage(keyShape(shape), encodeRow(keyShape(shape), row))
    const [record] = await encode(log, [
      Object.assign(changeEvent({ shape, op: 'insert', after: row }), { parts: { ...parts, keyImage } }),
    ])
    expect(Object.entries((await (await open(log)).decode(record!)).key)).toEqual([
      ['c', 2],
      ['a', 'x'],
    ])
  })

  test.each([
    ['no value', (record: LogRecord) => ({ ...record, value: null }), 'it has no value'],
    ['text', (record: LogRecord) => ({ ...record, value: Buffer.from('{"a":1}') }), 'does not begin as Avro does'],
    [
      'an unknown schema',
      (record: LogRecord) => ({ ...record, value: Buffer.alloc(20, 'c301', 'hex') }),
      'nobody knows its schema',
    ],
    ['a cut record', (record: LogRecord) => ({ ...record, value: record.value!.subarray(0, 30) }), 'end in the middle'],
    ['a registry id', (record: LogRecord) => ({ ...record, value: Buffer.alloc(20) }), 'nobody knows its schema 0'],
  ])('refuses %s by name', async (_name, broken, why) => {
    const log = new TopicMemory()
    const [record] = await encode(log, [changeEvent({ shape: comment(), op: 'insert', after: { id: 1 } })])
    const decoding = (await open(log)).decode(broken(record!))
    await expect(decoding).rejects.toMatchObject({ code: 'RECORD_UNREADABLE', message: expect.stringContaining(why) })
  })
})

describe('a row that is too large for a record', () => {
  const MIB = 1024 * 1024
  const text = (mib: number) => 'x'.repeat(mib * MIB)
  const whole = (shape: TableShape, row: Row) => new RowImage(shape, encodeRow(shape, row))

  test.each([
    { what: 'before and after together', before: { id: 1, words: text(5) }, after: { id: 1, words: text(5) }, kept: 5 },
    { what: 'alone', before: undefined, after: { id: 1, words: text(9) }, kept: null },
  ])('is captured without what does not fit, at fault: $what', async ({ before, after, kept }) => {
    const log = new TopicMemory()
    const shape = comment({ words: 'text' })
    const change = { shape, op: 'update', after, ...(before === undefined ? {} : { before }) } as const
    const [record] = await encode(log, [changeEvent(change)])
    const event = await (await open(log)).decode(record!)
    expect(event.parts.fault).toMatch(/^the change takes \d+ bytes, more than the 8388608 that a record may$/u)
    expect([event.key, event.before]).toEqual([{ id: 1 }, null])
    expect(event.after === null ? null : String(event.after.words).length / MIB).toBe(kept)
  })

  test('fits even where the whole row is its key', async () => {
    const log = new TopicMemory()
    const shape = comment({ words: 'text' }, [])
    const row = { id: 1, words: text(9) }
    const { parts } = changeEvent({ shape, op: 'insert', after: row })
    const [record] = await encode(log, [new ChangeEvent({ ...parts, keyImage: whole(shape, row) })])
    expect(record!.key.length + record!.value.length).toBeLessThan(1_000)
    expect((await (await open(log)).decode(record!)).key).toEqual({ id: null, rating: null, words: null })
  })
})

describe('a table that changes', () => {
  const insert = (shape: TableShape) => changeEvent({ shape, op: 'insert', after: { id: 1, rating: 2 } })

  test.each([
    ['a column more', comment(), comment({ words: 'text' })],
    ['a column less', comment({ words: 'text' }), comment()],
    ['a renamed column', comment({ words: 'text' }), comment({ text: 'text' })],
    ['a wider integer', comment(), comment({ rating: 'long' })],
    ['an integer made a double', comment(), comment({ rating: 'double' })],
    ['a wider key', comment(), comment({ id: 'long' })],
    ['a key where there was none', comment({}, []), comment()],
  ])('takes its schema along: %s', async (_name, before, after) => {
    const log = new TopicMemory()
    const old = await encode(log, [insert(before)])
    const young = await encode(log, [insert(after)])
    const codec = await open(log)
    const names = async (record: LogRecord) => (await codec.decode(record)).parts.shape
    expect([await names(old[0]!), await names(young[0]!)]).toEqual([before, after])
  })

  test.each([
    { before: comment(), after: comment({ rating: 'text' }), fault: 'column rating was int and is now text' },
    { before: comment({ rating: 'long' }), after: comment(), fault: 'column rating was long and is now int' },
    { before: comment(), after: comment({}, ['rating']), fault: 'its primary key was (id) and is now (rating)' },
    { before: comment(), after: comment({}, []), fault: 'its primary key was (id) and is now gone' },
  ])('stops by name before anything is lost: $fault', async ({ before, after, fault }) => {
    const log = new TopicMemory()
    await encode(log, [insert(before)])
    await expect(encode(log, [insert(after)])).rejects.toMatchObject({
      code: 'SCHEMA_INCOMPATIBLE',
      fate: 'stop',
      message: `table comment: ${fault}; readers of millrace.app.comment cannot follow`,
      hint: expect.stringContaining('MILLRACE_ACCEPT_SCHEMA=comment'),
    })
  })

  test('goes on when a person has accepted the change', async () => {
    const log = new TopicMemory()
    await encode(log, [insert(comment())])
    const [record] = await encode(log, [insert(comment({ rating: 'text' }))], ['other', 'comment'])
    expect((await (await open(log)).decode(record!)).after?.rating).toBe('2')
    expect(await encode(log, [insert(comment({ rating: 'text' }))])).toHaveLength(1)
  })

  test('may go back to a shape it had before', async () => {
    const log = new TopicMemory()
    for (const shape of [comment(), comment({ words: 'text' }), comment(), comment({ words: 'int' })]) {
      await encode(log, [insert({ ...shape, columns: shape.columns })]).catch((error: unknown) => {
        throw new Error(`refused ${JSON.stringify(shape.columns)}`, { cause: error })
      })
    }
    expect([...(await schemasOf(log)).values()].filter(({ subject }) => subject.endsWith('-value'))).toHaveLength(3)
  })
})
