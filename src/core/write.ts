// A write is what a connector wants to be true in the target. It is data: the sink knows how to make each one safe to
// repeat, so whoever writes a connector cannot get idempotency wrong.

import type { Contested } from './contested.ts'
import type { Field, Fields } from './value.ts'

/** Values of the target table's key attributes, in the order the connector declares them. */
export type ItemKey = readonly [string, string] | readonly [string]

export type Write = Create | Merge | Remove | Identify | Count

/** Put an item unless there is one with this key. Never changes an item that exists. */
export interface Create {
  readonly do: 'create'
  readonly table: string
  readonly key: ItemKey
  readonly fields: Fields
  /** Fields that the source may fill in after the item was made: one that lacks them is no different. */
  readonly later?: readonly string[]
  /** The source's number of this item, where the venue was adopted: a known number is `exists` under whatever key. */
  readonly adopted?: { readonly by: Adoption; readonly number: number }
  /** Counted exactly once, and only when this write made the item. */
  readonly counts?: readonly Count[]
}

/** Set the writer's own fields unless the item already holds a newer position. Creates the item if need be. */
export interface Merge {
  readonly do: 'merge'
  readonly table: string
  readonly key: ItemKey
  readonly fields: Fields
  /** Names the position this merge is compared with, where several source tables own fields of one item. */
  readonly guard?: string
  /**
   * Only if the item was never merged under this guard: brings in what the log does not hold, once. It counts as older
   * than every merge, because it may know fewer fields.
   */
  readonly seed?: boolean
  /** Also over an equal position: the item lost what it was given then. */
  readonly mends?: boolean
  /** Changes what is there and makes nothing: where there is no such item it is rejected, or passed over as stale. */
  readonly mustExist?: 'or-reject' | 'or-pass'
  /** Which of the fields the other side owns too; the others are the writer's own. */
  readonly contested?: readonly Contested[]
}

/**
 * What a delete in the source does to the item. `tombstone` empties the writer's own fields (`fields` names them) and
 * keeps the position until `mr_expires`; an item nobody else has written to then goes. `flag` sets `mr_deleted_at`.
 * `delete` takes the row away whosever fields are in it, for MySQL alone: it keeps positions elsewhere.
 */
export interface Remove {
  readonly do: 'remove'
  readonly table: string
  readonly key: ItemKey
  readonly how: 'tombstone' | 'flag' | 'delete'
  readonly fields: readonly string[]
  readonly deletedAt: string
  readonly guard?: string
}

/**
 * Find the one item (a person, say) that answers to any of these claims, or create it, together with the claims it
 * lacks, in one transaction; whoever races, there is one. A claim that another item holds stays there and is reported
 * as a clash.
 */
export interface Identify {
  readonly do: 'identify'
  readonly table: string
  /** The partition (first key attribute) in which the item and its claims live. */
  readonly within: string
  /**
   * A claim that settles the question for good: where it is held, its holder is the answer and nothing else is looked
   * at; where it is not, whoever is found or created below holds it from then on. So what hangs on the answer (a
   * comment's key) stays the same in every repeat, though the rows it was found by have changed meanwhile.
   */
  readonly pin?: string
  /**
   * Second key attributes of the claims: `self` is the source row's own and decides first, then these in order. An item
   * notes whose fields it holds, for several rows may be one person.
   */
  readonly self?: string
  readonly claims: readonly string[]
  /** The id a new item gets; derived from the source row, so that a repeat is the same item. */
  readonly id: string
  readonly key: (id: string) => ItemKey
  /** What a new item gets, and what `merge` sets. */
  readonly fields: Fields
  /** What only a new item gets besides. */
  readonly onCreate?: Fields
  /** Merge `fields` into an item that exists, guarded as a merge is. Without it an existing item is left alone. */
  readonly merge: boolean
  /** The fields are of another row, which was looked up: a verification holds that one against the item. */
  readonly isOfOther?: boolean
  readonly guard?: string
  readonly adopt?: Adoption
  /** As in a create: where the number is known nobody is looked for or made, and the outcome is `exists`. */
  readonly adopted?: { readonly by: Adoption; readonly number: number }
  readonly counts?: readonly Count[]
  /** The writes that need the id. */
  readonly dependents?: (id: string) => readonly Write[]
}

/** Add to counters of an item, exactly once per event however often it is delivered. */
export interface Count {
  readonly do: 'count'
  readonly table: string
  readonly key: ItemKey
  readonly add: Readonly<Record<string, number>>
  /** Fields that are the quotient of two counters, set together with each add. */
  readonly ratios?: Readonly<Record<string, readonly [string, string]>>
  /** Fields that keep the greatest value seen. */
  readonly greatest?: Readonly<Record<string, string | number>>
}

/**
 * How to take over a partition that somebody else filled: read once, claims made for the people in it, the numbers of
 * known rows remembered, counters started from what is there.
 */
export interface Adoption {
  readonly name: string
  /** Where the adoption's own mark and the counters are kept, within the partition. */
  readonly mark: (within: string) => ItemKey
  /** The claims (second key attributes) and the id of an item that is a person; null for anything else. */
  readonly person: (item: StoredItem) => { readonly id: string; readonly claims: readonly string[] } | null
  /** The source's number of an item that is a known row; null for anything else. */
  readonly number: (item: StoredItem) => number | null
  /** What an item that millrace did not write adds to the counters. */
  readonly counts: (item: StoredItem) => readonly Pick<Count, 'add' | 'greatest' | 'ratios'>[]
}

export interface StoredItem {
  readonly key: ItemKey
  readonly fields: Readonly<Record<string, Field>>
}
