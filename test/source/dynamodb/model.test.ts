// Shards that split, end and come in any order, records that are put and trimmed, and everything that can go wrong, at
// random: from whichever bookmark it goes on, each record is told once, and none before those of its shard's parents.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { MillraceError } from '../../../src/core/errors.ts'
import { itemOf } from '../../../src/core/item.ts'
import type { SourceBatch } from '../../../src/source/source.ts'
import { Random } from '../../support/random.ts'
import { ScriptedStreams } from '../../support/scripted-streams.ts'
import { follow } from './followed.ts'

const STEPS = 400
const MARKS_MAX = 8
const THROTTLED = { status: 400, name: 'ProvisionedThroughputExceededException' }
const BROKEN = { status: 500, name: 'InternalServerError' }
const TRIMMED = { status: 400, name: 'TrimmedDataAccessException' }

let peer: ScriptedStreams
beforeEach(async () => {
  peer = await ScriptedStreams.open()
})
afterEach(() => peer[Symbol.asyncDispose]())

/** A bookmark, and how many records were told before it. */
interface Mark {
  readonly bookmark: string
  readonly told: number
}

class World {
  readonly random = new Random()
  /** Of each shard the numbers of its records. */
  readonly shards = new Map<string, { readonly parent: string | null; readonly records: number[]; isOpen: boolean }>()
  told: number[] = []
  marks: Mark[] = []
  aheadMs = 0
  records = 0
  readonly #leftOut = new Set<string>()
  steps = 0

  constructor() {
    this.#shard(null)
    this.#shard(null)
  }

  get isDone(): boolean {
    return this.steps >= STEPS && this.told.length === this.records
  }

  /** One of the things that happen while nobody looks. */
  step(): void {
    if (this.steps++ >= STEPS) return
    const { random } = this
    const open = [...this.shards].filter(([, { isOpen }]) => isOpen).map(([id]) => id)
    const shard = random.pick(open)
    const things: readonly (() => void)[] = [
      ...Array.from({ length: 12 }, () => () => this.#put(shard)),
      () => this.#end(shard, open.length),
      () => peer.expireIterators(),
      () => peer.reverse(),
      () => this.#leaveOut(random.pick([...this.shards.keys()])),
      () => peer.fail('GetRecords', random.pick([THROTTLED, BROKEN])),
      () => peer.fail('DescribeStream', random.pick([THROTTLED, BROKEN])),
      () => peer.fail('GetShardIterator', random.pick([THROTTLED, BROKEN, TRIMMED])),
      () => this.#trim(random.pick([...this.shards.keys()])),
      () => Object.assign(peer, { shardsPerPage: 1 + random.below(3), recordsPerPage: 1 + random.below(4) }),
      () => Object.assign(peer, { emptyPages: random.below(3) }),
      () => Object.assign(this, { aheadMs: this.aheadMs + random.below(15_000) }),
    ]
    random.pick(things)()
  }

  hear({ events, bookmark }: SourceBatch): void {
    for (const { after } of events) this.#hear(Number(itemOf(after)?.value))
    this.marks = [...this.marks, { bookmark, told: this.told.length }].slice(-MARKS_MAX)
  }

  /** Goes on from one of the last bookmarks, as if nothing had been told behind it. */
  restart(): string {
    const back = this.random.chance(0.6) ? 1 : 1 + this.random.below(this.marks.length)
    this.marks = this.marks.slice(0, this.marks.length - back + 1)
    const mark = this.marks.at(-1)
    this.told = this.told.slice(0, mark?.told)
    return mark?.bookmark ?? ''
  }

  #hear(record: number): void {
    expect(this.told, 'told before').not.toContain(record)
    const [, shard] = [...this.shards].find(([, { records }]) => records.includes(record)) ?? []
    for (let parent = shard?.parent ?? null; parent !== null; parent = this.shards.get(parent)?.parent ?? null) {
      const before = this.shards.get(parent)?.records ?? []
      expect(this.told, `record ${record} came before those of ${parent}`).toEqual(expect.arrayContaining(before))
    }
    this.told.push(record)
  }

  #shard(parent: string | null): void {
    const id = `s${this.shards.size}`
    this.shards.set(id, { parent, records: [], isOpen: true })
    peer.shard(id, parent)
  }

  #put(id: string): void {
    const value = this.records++
    this.shards.get(id)?.records.push(value)
    // They grow by a digit on the way.
    peer.put(id, { sequence: String(980 + value), id, value })
  }

  /** Once: a parent that no listing ever names is taken for one that was trimmed. */
  #leaveOut(id: string): void {
    if (!this.#leftOut.has(id)) peer.leaveOut(id)
    this.#leftOut.add(id)
  }

  /** It rolls over, splits, or ends for good, but for the last one. */
  #end(id: string, open: number): void {
    const shard = this.shards.get(id)
    if (shard === undefined) return
    shard.isOpen = false
    peer.end(id)
    const children = open === 1 ? 1 + this.random.below(2) : this.random.below(3)
    for (let child = 0; child < children; child++) this.#shard(id)
  }

  /** Whatever was told before the oldest bookmark may go. */
  #trim(id: string): void {
    const told = new Set(this.told.slice(0, this.marks[0]?.told ?? 0))
    const records = this.shards.get(id)?.records ?? []
    const kept = records.findIndex((record) => !told.has(record))
    peer.trim(id, kept === -1 ? records.length : kept)
  }
}

test('each record is told once on the line of any bookmark, and none before those of its parents', async () => {
  const world = new World()
  const { bookmark } = await follow(peer, { count: 0 })
  world.marks.push({ bookmark, told: 0 })
  peer.onCall = () => {
    if (world.random.chance(0.5)) world.step()
  }
  const ended = new Error('the process ended')
  const onBatch = (batch: SourceBatch) => {
    world.hear(batch)
    world.step()
    if (world.isDone || world.random.chance(0.1)) throw ended
  }
  const nowMs = () => Date.now() + world.aheadMs
  for (let from = bookmark; !world.isDone; from = world.restart()) {
    await follow(peer, { from, count: Number.POSITIVE_INFINITY, nowMs, onBatch }).catch((error: unknown) => {
      const isExpected = error === ended || (error instanceof MillraceError && error.fate === 'retry')
      if (!isExpected) throw error
    })
    if (world.isDone) break
  }
  expect(world.told.toSorted((one, other) => one - other)).toEqual([...Array(world.records).keys()])
})
