// What of a write is not true of the target as it stands; nothing is written.

import type { FieldDifference } from '../../core/difference.ts'
import type { Fields } from '../../core/value.ts'
import type { Create, Identify, Merge, Remove, Write } from '../../core/write.ts'
import type { Item } from '../../dynamodb/attribute.ts'
import { CREATED, DELETED_AT, EXPIRES, FROM, HOLDER, positionName } from '../../dynamodb/bookkeeping.ts'
import type { ItemRef } from '../item-ref.ts'
import { Rejection } from '../rejection.ts'
import type { Compared, Difference } from '../sink.ts'
import type { Adoptions } from './adoptions.ts'
import { toItem } from './attributes.ts'
import type { CallIo } from './call-io.ts'
import { mendingOf } from './contest.ts'
import { isSame, textOf } from './same.ts'

/** What only mends has a guard of its own: the positions by which live changes are judged stay as they are. */
const MEND = 'mend'

/** Of one write. */
export class Comparison {
  readonly #io: CallIo
  readonly #adoptions: Adoptions
  readonly #nowMs: number
  readonly #met: string[] = []

  constructor(io: CallIo, { adoptions, nowMs }: { readonly adoptions: Adoptions; readonly nowMs: number }) {
    this.#io = io
    this.#adoptions = adoptions
    this.#nowMs = nowMs
  }

  async of(write: Write): Promise<Compared> {
    return { differences: await this.#ofAny(write), met: this.#met }
  }

  async #ofAny(write: Write): Promise<readonly Difference[]> {
    try {
      return await this.#of(write)
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      // It can never be delivered, so it is not there.
      return [{ table: write.table, key: null, fields: null, position: null, mends: [] }]
    }
  }

  async #of(write: Write): Promise<readonly Difference[]> {
    switch (write.do) {
      case 'create':
        return this.#ofCreate(write)
      case 'merge':
        return write.seed ? [] : this.#ofMerge(write)
      case 'identify':
        return this.#ofIdentify(write)
      case 'remove':
        return this.#ofRemove(write)
      case 'count':
        return []
    }
  }

  async #ofCreate(write: Create): Promise<readonly Difference[]> {
    const { adopted, table, key, later = [] } = write
    if (adopted !== undefined && (await this.#isKnown({ table, within: key[0], ...adopted }))) return []
    const item = await this.#whole(write)
    if (item === null) return [missing(write, [])]
    const fields = differing(write.fields, item).filter(({ name, held }) => held !== null || !later.includes(name))
    if (fields.length === 0) return []
    const mend: Merge = { do: 'merge', table, key, fields: pick(write.fields, fields), guard: MEND, mends: true }
    return [{ table, key, fields, position: positionOf(item), mends: [mend] }]
  }

  async #ofMerge(write: Merge): Promise<readonly Difference[]> {
    const { table, key, guard, mustExist } = write
    const item = await this.#whole(write)
    if (item === null) {
      if (mustExist === 'or-pass') return []
      return [missing(write, mustExist === 'or-reject' ? [] : [{ ...write, mends: true }])]
    }
    // What the other side owns too differs only where this write would win.
    const mend = mendingOf(write, item, this.#nowMs)
    const fields = differing(mend.fields, item)
    return fields.length === 0 ? [] : [{ table, key, fields, position: positionOf(item, guard), mends: [mend] }]
  }

  /** An item that nobody has marked as removed. */
  async #ofRemove({ table, key, guard, ...write }: Remove): Promise<readonly Difference[]> {
    const item = await this.#whole({ table, key })
    if (item === null || item[DELETED_AT] !== undefined) return []
    const fields = [{ name: DELETED_AT, wanted: write.deletedAt, held: null }]
    return [{ table, key, fields, position: positionOf(item, guard), mends: [] }]
  }

  async #ofIdentify(write: Identify): Promise<readonly Difference[]> {
    const { table, within, adopted } = write
    if (adopted !== undefined && (await this.#isKnown({ table, within, ...adopted }))) return []
    const nobody: Difference = { table, key: null, fields: null, position: null, mends: [] }
    const holder = await this.#holderOf(write)
    if (holder === null) return [nobody]
    const dependents = write.dependents?.(holder) ?? []
    const [own, ...others] = await Promise.all([
      this.#ofPerson(write, holder),
      ...dependents.map((dependent) => this.#ofAny(dependent)),
    ])
    return [...own, ...others.flat()]
  }

  /** As an identify finds them. Whoever is to be merged has come when its own claim is held. */
  async #holderOf({ table, within, pin, self, claims, merge }: Identify): Promise<string | null> {
    const held = async (name: string) => (await this.#io.read({ table, key: [within, name] }))?.[HOLDER]?.S ?? null
    const pinned = pin === undefined ? null : await held(pin)
    if (pinned !== null) return pinned
    const own = self === undefined ? null : await held(self)
    if (own !== null || (merge && self !== undefined)) return own
    const others = await Promise.all(claims.map(held))
    return others.find((one) => one !== null) ?? null
  }

  /** A person whom a row stands for is compared by that row, all others by whatever leads to them. */
  async #ofPerson(write: Identify, holder: string): Promise<readonly Difference[]> {
    const { table, self, guard, onCreate = {} } = write
    if (self !== undefined && (!write.merge || write.isOfOther)) return []
    const ref: ItemRef = { table, key: write.key(holder) }
    const item = await this.#whole(ref)
    const atBirth = holder === write.id ? onCreate : {}
    const merge: Merge = {
      do: 'merge',
      ...ref,
      fields: write.fields,
      mends: true,
      ...(guard === undefined ? {} : { guard }),
    }
    if (item === null) return [missing(ref, [{ ...merge, fields: { ...write.fields, ...atBirth } }])]
    const isOfThisRow = write.merge && (item[FROM] === undefined || item[FROM].S === self)
    const own = isOfThisRow ? differing(write.fields, item) : []
    const born = item[CREATED] === undefined ? [] : differing(atBirth, item)
    if (own.length + born.length === 0) return []
    const mends = [
      ...(own.length === 0 ? [] : [merge]),
      ...(born.length === 0 ? [] : [{ ...merge, fields: pick(atBirth, born), guard: MEND }]),
    ]
    return [{ ...ref, fields: [...own, ...born], position: positionOf(item, guard), mends }]
  }

  /** Null also where only a tombstone is left. */
  async #whole(ref: ItemRef): Promise<Item | null> {
    const item = await this.#io.whole(ref)
    if (item === null || item[EXPIRES] !== undefined) return null
    this.#met.push(ref.table)
    return item
  }

  #isKnown(row: Parameters<Adoptions['knows']>[0]): Promise<boolean> {
    return this.#adoptions.knows(row, this.#io)
  }
}

function missing({ table, key }: ItemRef, mends: readonly Merge[]): Difference {
  return { table, key, fields: null, position: null, mends }
}

function positionOf(item: Item, guard?: string): string | null {
  return item[positionName(guard)]?.S ?? null
}

function differing(fields: Fields, item: Item): readonly FieldDifference[] {
  const found: FieldDifference[] = []
  for (const [name, field] of Object.entries(fields)) {
    const held = item[name]
    // Most are texts, and most agree: no attribute has to be made to see it.
    if (typeof field === 'string' && held?.S === field) continue
    const wanted = toItem({ [name]: field })[name]
    if (isSame(wanted, held)) continue
    found.push({ name, wanted: textOf(wanted), held: textOf(held) })
  }
  // A row that is there is not deleted.
  if (item[DELETED_AT] !== undefined) found.push({ name: DELETED_AT, wanted: null, held: textOf(item[DELETED_AT]) })
  return found
}

function pick(fields: Fields, differences: readonly FieldDifference[]): Fields {
  return Object.fromEntries(differences.flatMap(({ name }) => (name in fields ? [[name, fields[name] ?? null]] : [])))
}
