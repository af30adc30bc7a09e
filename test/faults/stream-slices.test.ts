// Several processes read the shards of one stream: they share its slices, take over from one that is killed, and go on
// where all stood when they come back with another number of slices. Every change is in the log once, in order.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { itemOf } from '../../src/core/item.ts'
import { openAvroCodec } from '../../src/log/avro/avro-codec.ts'
import type { Log } from '../../src/log/log.ts'
import { openKafka } from '../../src/stack/kafka.ts'
import { ScriptedStreams } from '../support/scripted-streams.ts'
import { until } from '../support/until.ts'
import { ITEMS_TOPIC, openLog, SliceProcess } from './slice-process.ts'

const TREES = 12

let opened: AsyncDisposableStack
let peer: ScriptedStreams
let target: string
let log: Log
let records: number
/** The shards that each tree consists of by now; the last is open. */
let trees: string[][]

beforeEach(async () => {
  opened = new AsyncDisposableStack()
  peer = opened.use(await ScriptedStreams.open())
  records = 0
  trees = Array.from({ length: TREES }, (_, tree) => [`tree-${tree}`])
  for (const [root = ''] of trees) peer.shard(root)
})
afterEach(() => opened.disposeAsync())

const LOGS = {
  'a file': async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-slices-'))
    opened.defer(() => rm(folder, { recursive: true }))
    return join(folder, 'log.db')
  },
  Kafka: async () => opened.use(await openKafka()).url,
}

async function open(openTarget: () => Promise<string>): Promise<void> {
  target = await openTarget()
  log = opened.adopt(await openLog(target), (one) => one.close())
}

function start(slices: number): SliceProcess {
  return opened.use(new SliceProcess({ log: target, endpoint: peer.url, slices }))
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

interface Captured {
  readonly id: unknown
  readonly value: unknown
}

/** What the log holds, once it holds as many as there are. Offsets say nothing of that: Kafka has marks among them. */
async function captured(): Promise<readonly Captured[]> {
  const codec = await openAvroCodec({ log, registry: null, accept: [], nowMs: Date.now })
  const { signal } = new AbortController()
  return until(
    async () => {
      const [end] = await log.ends(ITEMS_TOPIC).catch(() => [])
      const found: Captured[] = []
      if (end === undefined) return null
      for await (const batch of log.range({ ...end, offset: 0 }, end, signal)) {
        for (const record of batch) {
          const event = await codec.decode(record)
          found.push({ id: event.key.id, value: itemOf(event.after)?.value })
        }
      }
      return found.length >= records ? found : null
    },
    { what: `${records} changes in the log` },
  )
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

test.each(Object.entries(LOGS))(
  'two processes share the slices by %s; one that is killed loses nothing, and the other takes over',
  async (_name, openTarget) => {
    await open(openTarget)
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
  },
)

test.each(Object.entries(LOGS))(
  'another number of slices goes on where the old ones stood in %s, and whoever still names the old number stops',
  async (_name, openTarget) => {
    await open(openTarget)
    const whole = start(1)
    await whole.says('holds 1')
    await until(async () => (peer.calls.some((call) => call.startsWith('GetRecords')) ? true : null), {
      what: 'a read',
    })
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
  },
)
