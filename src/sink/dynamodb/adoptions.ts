// Which partitions are adopted, and the numbers known in them. What is remembered never becomes untrue: an adoption is
// done once, and its numbers do not change.

import type { Item } from '../../dynamodb/attribute.ts'
import { NUMBERS } from '../../dynamodb/bookkeeping.ts'
import { type Adopted, adopt, chunkRef, type Partition } from './adopt.ts'
import { type AdoptionMark, fromMark } from './adoption-mark.ts'
import { fromBase64 } from './attributes.ts'
import type { CallIo } from './call-io.ts'
import { decodeNumbers, type NumberSet } from './number-set.ts'
import { Recent } from './recent.ts'
import type { SinkMemory } from './sink-memory.ts'

export interface NumberedRow extends Partition {
  readonly number: number
}

const PARTITIONS_MAX = 50_000
const NUMBERS_MAX = 2_000_000

export class Adoptions {
  readonly #memory: SinkMemory
  /** Adopting outlives the call that first asked for it: others may wait for the same. */
  readonly #openIo: () => CallIo
  readonly #done = new Recent<Adopted>(PARTITIONS_MAX)
  readonly #numbers = new Recent<NumberSet>(NUMBERS_MAX, (set) => Math.max(1, set.size))
  readonly #underWay = new Map<string, Promise<unknown>>()

  constructor(memory: SinkMemory, openIo: () => CallIo) {
    this.#memory = memory
    this.#openIo = openIo
  }

  /** Resolves when the partition is adopted, by whomever and for whichever record. */
  async of(partition: Partition, record: string, signal: AbortSignal): Promise<Adopted> {
    const id = nameOf(partition)
    const run = async () => {
      const adopted = await adopt(this.#openIo(), partition, { memory: this.#memory, record })
      this.#done.set(id, adopted)
      return adopted
    }
    const adopted = this.#done.get(id) ?? (await this.#once(`adopt ${id}`, signal, run))
    if (adopted.clashes !== null || adopted.mark.record !== record) return adopted
    // Another record asked first, and its answer leaves out what this one is to report.
    return this.#once(`look ${id}`, signal, run)
  }

  /** Whether the partition held a row of this number when it was adopted. */
  async isKnown({ number, ...partition }: NumberedRow, record: string, signal: AbortSignal): Promise<boolean> {
    const { mark } = await this.of(partition, record, signal)
    return this.#holds(mark, { number, ...partition }, signal)
  }

  /** The same without adopting it: one that nobody has adopted yet knows nothing. */
  async knows({ number, ...partition }: NumberedRow, io: CallIo): Promise<boolean> {
    const done = this.#done.get(nameOf(partition))
    const mark = done?.mark ?? fromMark(await io.read({ ...partition, key: partition.by.mark(partition.within) }))
    if (mark === null) return false
    if (done === undefined) this.#done.set(nameOf(partition), { mark, clashes: null })
    return this.#holds(mark, { number, ...partition }, io.signal)
  }

  async #holds(mark: AdoptionMark, { number, ...partition }: NumberedRow, signal: AbortSignal): Promise<boolean> {
    if (mark.greatest === null || number > mark.greatest) return false
    const id = nameOf(partition)
    const known = this.#numbers.get(id)
    if (known !== undefined) return known.has(number)
    const loaded = await this.#once(`load ${id}`, signal, async () => {
      const set = await loadNumbers(this.#openIo(), partition, mark)
      this.#numbers.set(id, set)
      return set
    })
    return loaded.has(number)
  }

  /** Whoever asks while it is under way waits for the same run, each no longer than its own signal allows. */
  #once<Result>(id: string, signal: AbortSignal, run: () => Promise<Result>): Promise<Result> {
    let running = this.#underWay.get(id) as Promise<Result> | undefined
    if (running === undefined) {
      running = run().finally(() => this.#underWay.delete(id))
      this.#underWay.set(id, running)
    }
    return orAborted(running, signal)
  }
}

function nameOf({ table, within, by }: Partition): string {
  return [table, by.name, within].join('\u0000')
}

async function loadNumbers(io: CallIo, partition: Partition, mark: AdoptionMark): Promise<NumberSet> {
  const indexes = Array.from({ length: mark.chunks }, (_, index) => index)
  const chunks = await Promise.all(
    indexes.map(async (index) => {
      const { table, key } = chunkRef(partition, mark.attempt, index)
      const input = { TableName: table, Key: io.targets.key({ table, key }), ConsistentRead: true }
      const { Item: item } = await io.send<{ Item?: Item }>('GetItem', input)
      return fromBase64(item?.[NUMBERS]?.B ?? '')
    }),
  )
  return decodeNumbers(chunks)
}

function orAborted<Result>(running: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  return Promise.race([running, aborted]).finally(() => signal.removeEventListener('abort', onAbort))
}
