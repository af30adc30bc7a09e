import avsc from 'avsc'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ChangeEvent } from '../../src/core/event.ts'
import type { Kind, TableShape } from '../../src/core/table.ts'
import { openAvroCodec } from '../../src/log/avro/avro-codec.ts'
import { AvroRecords } from '../../src/log/avro/avro-records.ts'
import { Registry as Client } from '../../src/log/avro/registry.ts'
import { freePort } from '../../src/stack/free-port.ts'
import { changeEvent, tableShape } from '../support/change-event.ts'
import { openRegistry, type Registry } from '../support/registry.ts'
import { TopicMemory } from '../support/topic-memory.ts'

let server: Registry
let tables = 0

beforeAll(async () => {
  server = await openRegistry()
}, 300_000)
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const shapeOf = (name: string, columns: Record<string, Kind> = {}, key = ['id']): TableShape =>
  tableShape(name, { id: 'int', rating: 'int', ...columns }, key)
const insert = (shape: TableShape) => changeEvent({ shape, op: 'insert', after: { id: 1, rating: 2, words: 'w' } })
const fresh = () => `comment_${++tables}`

function open(options: { url?: string; accept?: readonly string[]; log?: TopicMemory } = {}) {
  const { url = server.url, accept = [], log = new TopicMemory() } = options
  return openAvroCodec({ log, registry: new Client(url), accept, nowMs: Date.now })
}

async function encode(events: readonly ChangeEvent[], accept: readonly string[] = []) {
  return (await open({ accept })).encode(events)
}

const ask = async (path: string) =>
  (await (await fetch(server.url + path)).json()) as { readonly id: number; readonly schema: string }

describe('the Avro codec with a registry', () => {
  test("writes Confluent's wire format, under the subjects that other tools look for", async () => {
    const name = fresh()
    const [record] = await encode([insert(shapeOf(name))])
    const bytes = Buffer.from(record!.value!)
    expect(bytes[0]).toBe(0)
    const { schema } = await ask(`/schemas/ids/${bytes.readUInt32BE(1)}`)
    const type = avsc.Type.forSchema(JSON.parse(schema), { wrapUnions: false })
    expect(type.fromBuffer(bytes.subarray(5))).toMatchObject({ after: { id: 1, rating: 2 }, source: { table: name } })
    const { id } = await ask(`/subjects/millrace.app.${name}-key/versions/latest`)
    expect(Buffer.from(record!.key).readUInt32BE(1)).toBe(id)
  })

  test('reads its own records back, in a process that did not write them', async () => {
    const shape = shapeOf(fresh(), { words: 'text' })
    const [record] = await encode([insert(shape)])
    const event = await (await open()).decode(record!)
    expect([event.parts.shape, event.after]).toEqual([shape, { id: 1, rating: 2, words: 'w' }])
  })

  test('still reads what was written before there was a registry', async () => {
    const log = new TopicMemory()
    const plain = await openAvroCodec({ log, registry: null, accept: [], nowMs: Date.now })
    log.append(await plain.encode([insert(shapeOf(fresh()))]))
    const event = await (await open({ log })).decode(log.records.at(-1)!)
    expect(event.after).toEqual({ id: 1, rating: 2 })
  })

  test.each([
    ['a column more', { words: 'text' }],
    ['a wider column', { rating: 'long' }],
  ] satisfies [string, Record<string, Kind>][])('lets a table evolve: %s', async (_name, more) => {
    const name = fresh()
    const before = await encode([insert(shapeOf(name))])
    const after = await encode([insert(shapeOf(name, more))])
    const codec = await open()
    expect((await codec.decode(before[0]!)).parts.shape).toEqual(shapeOf(name))
    expect((await codec.decode(after[0]!)).parts.shape).toEqual(shapeOf(name, more))
    expect(await ask(`/subjects/millrace.app.${name}-value/versions`)).toEqual([1, 2])
  })

  test('lets a table get a key where there was none', async () => {
    const name = fresh()
    await encode([insert(shapeOf(name, {}, []))])
    const [record] = await encode([insert(shapeOf(name))])
    expect((await (await open()).decode(record!)).key).toEqual({ id: 1 })
  })

  test('stops by name before the registry is asked to keep what readers cannot follow', async () => {
    const name = fresh()
    await encode([insert(shapeOf(name))])
    await expect(encode([insert(shapeOf(name, { rating: 'text' }))])).rejects.toMatchObject({
      code: 'SCHEMA_INCOMPATIBLE',
      message: expect.stringContaining('column rating was int and is now text'),
    })
    expect(await ask(`/subjects/millrace.app.${name}-value/versions`)).toEqual([1])
  })

  test('goes past the rules once when a person accepted the change, and leaves them as they were', async () => {
    const name = fresh()
    await encode([insert(shapeOf(name))])
    const [record] = await encode([insert(shapeOf(name, { rating: 'text' }))], [name])
    expect((await (await open()).decode(record!)).after?.rating).toBe('2')
    const subject = `millrace.app.${name}-value`
    expect((await fetch(`${server.url}/config/${subject}?defaultToGlobal=false`)).status).toBe(404)
    const back = await new Client(server.url).register(subject, '{"type":"record","name":"Other","fields":[]}')
    expect(back).toHaveProperty('refused')
  })

  test("keeps a subject's own rule through an accepted change", async () => {
    const name = fresh()
    await encode([insert(shapeOf(name))])
    const config = `${server.url}/config/millrace.app.${name}-value`
    await fetch(config, { method: 'PUT', body: '{"compatibility":"FULL"}' })
    await encode([insert(shapeOf(name, { rating: 'text' }))], [name])
    expect(await (await fetch(config)).json()).toEqual({ compatibilityLevel: 'FULL' })
  })

  test('names the registry when it refuses what millrace would allow', async () => {
    const name = fresh()
    await new Client(server.url).register(`millrace.app.${name}-key`, '"string"')
    await expect(encode([insert(shapeOf(name))])).rejects.toMatchObject({
      code: 'SCHEMA_INCOMPATIBLE',
      message: expect.stringContaining(`the registry refuses the schema of millrace.app.${name}-key`),
    })
  })

  test('keeps own records by it too', async () => {
    const records = new AvroRecords(new Client(server.url))
    const entry = { source: 's', bookmark: 'b', position: 'p', sourceTimeMs: 5 }
    const bytes = await records.pack('bookmark', entry)
    expect(bytes[0]).toBe(0)
    expect(await new AvroRecords(new Client(server.url)).unpack('bookmark', bytes)).toEqual(entry)
    const plain = await new AvroRecords(null).pack('bookmark', entry)
    expect(await records.unpack('bookmark', plain)).toEqual(entry)
  })

  test('says that a registry which does not answer may be tried again', async () => {
    const codec = open({ url: `http://127.0.0.1:${await freePort()}` })
    await expect((await codec).encode([insert(shapeOf(fresh()))])).rejects.toMatchObject({
      ...{ code: 'REGISTRY_UNAVAILABLE', fate: 'retry' },
    })
  })

  test('signs in with the user and the password of the URL, which errors never show', async () => {
    await using guarded = await openRegistry('me:s3cret/')
    const url = (user: string) => guarded.url.replace('//', `//${user}@`)
    const shape = shapeOf(fresh())
    expect(await (await open({ url: url('me:s3cret%2F') })).encode([insert(shape)])).toHaveLength(1)
    const refused = (await open({ url: url('me:wrong') })).encode([insert(shape)])
    await expect(refused).rejects.toMatchObject({
      code: 'REGISTRY_REFUSED',
      message: expect.not.stringContaining('wrong'),
    })
  })
})
