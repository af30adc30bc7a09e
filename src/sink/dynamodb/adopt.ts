// Takes over a partition that somebody else filled: reads it once, claims its people, remembers the numbers of its known
// rows and starts its counters. Foreign items are read and never changed.

import { randomBytes } from 'node:crypto'
import type { Adoption } from '../../core/write.ts'
import type { Item } from '../../dynamodb/attribute.ts'
import { ADOPTED, CREATED, NUMBERS } from '../../dynamodb/bookkeeping.ts'
import type { ItemRef } from '../item-ref.ts'
import { Rejection } from '../rejection.ts'
import type { Clash } from '../sink.ts'
import { type AdoptionMark, fromMark, toMark } from './adoption-mark.ts'
import { fromItem, toBase64 } from './attributes.ts'
import type { CallIo } from './call-io.ts'
import { Claims } from './claims.ts'
import { Expression } from './expression.ts'
import { keyMark } from './marks.ts'
import { setExpression } from './merge.ts'
import { encodeNumbers } from './number-set.ts'
import { quotientsOf, type Ratios } from './ratios.ts'
import type { SinkMemory } from './sink-memory.ts'
import { Totals } from './totals.ts'

export interface Partition {
  readonly table: string
  readonly within: string
  readonly by: Adoption
}

export interface Adopted {
  readonly mark: AdoptionMark
  /** Those found among its people; null when nobody has looked, for they were another record's to report. */
  readonly clashes: readonly Clash[] | null
}

export interface AdoptOptions {
  readonly memory: SinkMemory
  /** The record that asks, as text. */
  readonly record: string
}

export async function adopt(io: CallIo, partition: Partition, { memory, record }: AdoptOptions): Promise<Adopted> {
  const ref = { table: partition.table, key: partition.by.mark(partition.within) }
  const done = fromMark(await io.read(ref))
  if (done === null) return new Adopting(io, partition, memory).run(ref, record)
  if (done.record !== record) return { mark: done, clashes: null }
  // The record comes again: whether its clashes were put on record before, nobody knows.
  return { mark: done, clashes: await new Adopting(io, partition, memory).look() }
}

class Adopting {
  readonly #io: CallIo
  readonly #partition: Partition
  readonly #claims: Claims
  readonly #attempt = randomBytes(4).toString('hex')
  /** Marks what this attempt makes as millrace's own. */
  readonly #marks = `adoption ${this.#attempt}`
  readonly #clashes: Clash[] = []
  readonly #numbers = new Set<number>()
  readonly #totals = new Totals()
  readonly #ratios: Record<string, Ratios[string]> = {}

  constructor(io: CallIo, partition: Partition, memory: SinkMemory) {
    this.#io = io
    this.#partition = partition
    this.#claims = new Claims(io, memory.claims)
  }

  async run(ref: ItemRef, record: string): Promise<Adopted> {
    const clashes = await this.look()
    const chunks = encodeNumbers(this.#numbers)
    await Promise.all(chunks.map((chunk, index) => this.#io.insert(this.#chunkRef(index), this.#chunkItem(chunk))))
    const greatest = this.#numbers.size === 0 ? null : [...this.#numbers].reduce((most, one) => Math.max(most, one))
    const mark = await this.#finish(ref, { attempt: this.#attempt, chunks: chunks.length, greatest, record })
    if (mark.attempt !== this.#attempt) await this.#discard(chunks.length)
    return { mark, clashes }
  }

  /** One page after the other, so that of several people with one claim the first by key gets it; the others clash. */
  async look(): Promise<readonly Clash[]> {
    for await (const page of this.#pages()) await this.#takeOver(page)
    return this.#clashes
  }

  /** Foreign items: those that millrace did not make. */
  async *#pages(): AsyncIterable<readonly Item[]> {
    const { table, within } = this.#partition
    const [name = ''] = this.#io.targets.keyNames(table)
    let start: Item | undefined
    do {
      const page: Page = await this.#io.send<Page>('Query', {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: '#p = :p',
        ExpressionAttributeNames: { '#p': name },
        ExpressionAttributeValues: { ':p': { S: within } },
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      })
      yield (page.Items ?? []).filter((item) => item[CREATED] === undefined)
      start = page.LastEvaluatedKey
    } while (start !== undefined)
  }

  async #takeOver(page: readonly Item[]): Promise<void> {
    const { table, by } = this.#partition
    const wanted = new Map<string, string>()
    for (const item of page) {
      const stored = { key: this.#io.targets.keyOf(table, item), fields: fromItem(item) }
      const number = by.number(stored)
      if (number !== null) this.#numbers.add(number)
      for (const count of by.counts(stored)) {
        this.#io.targets.checkOwned({ do: 'count', table, key: stored.key, ...count })
        this.#totals.add(count)
        Object.assign(this.#ratios, count.ratios)
      }
      const person = by.person(stored)
      for (const claim of person?.claims ?? []) this.#want(wanted, claim, person?.id ?? '')
    }
    await Promise.all([...wanted].map(([claim, id]) => this.#claim(claim, id)))
  }

  #want(wanted: Map<string, string>, claim: string, id: string): void {
    const first = wanted.get(claim)
    if (first === undefined) wanted.set(claim, id)
    else if (first !== id) this.#clash(claim, first, id)
  }

  async #claim(claim: string, id: string): Promise<void> {
    const { table, within } = this.#partition
    const ours = { holder: id, mark: this.#marks }
    const held = await this.#claims.take({ table, key: [within, claim] }, ours).catch(unlessRejected)
    if (held !== null && held.holder !== id) this.#clash(claim, held.holder, id)
  }

  #clash(claim: string, holder: string, claimant: string): void {
    const { table, within } = this.#partition
    this.#clashes.push({ table, within, claim, holder, claimant })
  }

  /** One conditional update starts the counters and says so: two processes, or a crash before it, start them once. */
  async #finish(ref: ItemRef, mark: AdoptionMark): Promise<AdoptionMark> {
    const expression = new Expression()
    const attempt = await this.#io.update(ref, {
      UpdateExpression: setExpression(expression, { ...toMark(mark), ...this.#counters(), ...keyMark(ref) }, []),
      ConditionExpression: `attribute_not_exists(${expression.name(ADOPTED)})`,
      ...expression.placeholders,
    })
    // A lost answer brings our own mark back, and it is as good.
    return attempt.did ? mark : (fromMark(attempt.item) ?? mark)
  }

  #counters(): Item {
    const counters: Item = Object.fromEntries(this.#totals.greatest)
    for (const [name, sum] of this.#totals.sums) counters[name] = { N: sum.text }
    for (const [name, quotient] of quotientsOf(this.#ratios, counters)) counters[name] = { N: quotient }
    return counters
  }

  async #discard(chunks: number): Promise<void> {
    const indexes = Array.from({ length: chunks }, (_, index) => index)
    await Promise.all(
      indexes.map((index) => {
        const { table, key } = this.#chunkRef(index)
        return this.#io.send('DeleteItem', { TableName: table, Key: this.#io.targets.key({ table, key }) }, 1)
      }),
    )
  }

  #chunkItem(chunk: Uint8Array): Item {
    return { [NUMBERS]: { B: toBase64(chunk) }, [CREATED]: { S: this.#marks } }
  }

  #chunkRef(index: number): ItemRef {
    return chunkRef(this.#partition, this.#attempt, index)
  }
}

/** What can be no claim concerns whoever asks for it, not everybody else of the partition. */
function unlessRejected(error: unknown): null {
  if (error instanceof Rejection) return null
  throw error
}

interface Page {
  readonly Items?: readonly Item[]
  readonly LastEvaluatedKey?: Item
}

export function chunkRef({ table, within, by }: Partition, attempt: string, index: number): ItemRef {
  return { table, key: [within, `ADOPTED#${by.name}#${attempt}#${String(index + 1).padStart(4, '0')}`] }
}
