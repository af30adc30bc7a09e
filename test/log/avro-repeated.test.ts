import { expect, test } from 'vitest'
import { SCHEMAS } from '../../src/core/topic.ts'
import { openAvroCodec } from '../../src/log/avro/avro-codec.ts'
import { changeEvent, tableShape } from '../support/change-event.ts'
import { TopicMemory } from '../support/topic-memory.ts'

const shape = tableShape('comment', { id: 'int', rating: 'int' }, ['id'])

test('gives each of many events its own origin, file, run and kind', async () => {
  const log = new TopicMemory()
  const told = [
    { op: 'read', origin: 'jp 日本', file: 'b.1', run: 'one' },
    { op: 'read', origin: 'jp 日木', file: 'b.2', run: 'two' },
    { op: 'read', origin: 'jp 日木', file: 'b.2', run: 'two' },
    { op: 'delete', origin: 'jp', file: 'b.10', run: null },
    { op: 'read', origin: '', file: '', run: 'two' },
  ] as const
  const events = told.map(({ op, origin, file, run }) => {
    const plain = changeEvent({ shape, op, before: { id: 1 } })
    const whereabouts = { ...plain.parts.whereabouts, file }
    return Object.assign(plain, { parts: { ...plain.parts, origin, run, whereabouts } })
  })
  const codec = await openAvroCodec({ log, registry: null, accept: [], nowMs: () => 0 })
  const records = await codec.encode(events)
  log.append(records)
  const found = []
  for (const record of records.filter(({ topic }) => topic !== SCHEMAS)) {
    const { op, parts } = await codec.decode(record)
    found.push({ op, origin: parts.origin, file: parts.whereabouts.file, run: parts.run })
  }
  expect(found).toEqual(told)
})
