// Several processes read the shards of one stream: they share its slices, take over from one that is killed, and go on
// where all stood when they come back with another number of slices. Every change is in the log once, in order.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { itemOf } from '../../src/core/item.ts'
import { openAvroCodec } from '../../src/log/avro/avro-codec.ts'
import type { Log } from '../../src/log/log.ts'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { ScriptedStreams } from '../support/scripted-streams.ts'
import { until } from '../support/until.ts'
import { ITEMS_TOPIC, SliceProcess } from './slice-process.ts'

const TREES = 12

let opened: AsyncDisposableStack
let peer: ScriptedStreams
let path: string
let log: Log
let records: number
/** The shards that each tree consists of by now; the last is open. */
let trees: string[][]

beforeEach(async () => {
  opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'millrace-slices-'))
  opened.defer(() => rm(folder, { recursive: true }))
  path = join(folder, 'log.db')
  peer = opened.use(await ScriptedStreams.open())
  log = opened.adopt(await openSqliteLog({ path }), (one) => one.close())
  records = 0
  trees = Array.from({ length: TREES }, (_, tree) => [`tree-${tree}`])
  for (const [root = ''] of trees) peer.shard(root)
})
afterEach(() => opened.disposeAsync())

function start(slices: number): SliceProcess {
  return opened.use(new SliceProcess({ path, endpoint: peer.url, slices }))
}

/** One more change of each tree; every third tree goes on in a child of its shard first. */
function change(): void {
  for (const [tree, shards] of trees.entries()) {
    const last = shards.at(-1) ?? ''
    if (tree % 3 === records % 3) {
      const child = `tree-${tree}-${shards.length}`
      peer.shard(child, last)
      peer.end(last)
      shards.push(child)
    }
    const value = records++
    peer.put(shards.at(-1) ?? '', { sequence: String(1_000 + value), id: `item-${tree}`, value })
  }
}

/** What the log holds, once it holds as many as there are. */
async function captured(): Promise<readonly { readonly id: unknown; readonly value: unknown }[]> {
  const codec = await openAvroCodec({ log, registry: null, accept: [], nowMs: Date.now })
  const end = await until(
    async () => {
      const [cursor] = await log.ends(ITEMS_TOPIC).catch(() => [])
      return cursor !== undefined && cursor.offset >= records ? cursor : null
    },
    { what: `${records} changes in the log` },
  )
  const found = []
  for await (const batch of log.range({ ...end, offset: 0 }, end, new AbortController().signal)) {
    for (const record of batch) {
      const event = await codec.decode(record)
      found.push({ id: event.key.id, value: itemOf(event.after)?.value })
    }
  }
  return found
}

async function expectAllOnce(): Promise<void> {
  const found = await captured()
  expect(found.map(({ value }) => Number(value)).toSorted((one, other) => one - other)).toEqual([
    ...Array(records).keys(),
  ])
  for (const [id, ofItem] of Map.groupBy(found, (one) => one.id)) {
    const values = ofItem.map(({ value }) => Number(value))
    expect(values, String(id)).toEqual(values.toSorted((one, other) => one - other))
  }
}

test('two processes share the slices; one that is killed loses nothing, and the other takes over', async () => {
  const first = start(4)
  await first.says('holds 4')
  change()
  await captured()
  const second = start(4)
  await second.says('holds 2')
  await first.says('holds 2')
  for (let round = 0; round < 5; round++) change()
  await captured()
  change()
  await first.kill()
  change()
  await second.says('holds 4')
  for (let round = 0; round < 5; round++) change()
  await expectAllOnce()
})

test('another number of slices goes on where the old ones stood, and whoever still names the old number stops', async () => {
  const whole = start(1)
  await whole.says('holds 1')
  await until(async () => (peer.calls.some((call) => call.startsWith('GetRecords')) ? true : null), { what: 'a read' })
  change()
  change()
  await captured()
  const three = start(3)
  await three.says('holds 3')
  change()
  await whole.says('stopped LOG_FENCED')
  change()
  await captured()
  await three.kill()
  change()
  const two = start(2)
  await two.says('holds 2')
  change()
  await captured()
  await two.kill()
  change()
  await start(1).says('holds 1')
  change()
  await expectAllOnce()
})
