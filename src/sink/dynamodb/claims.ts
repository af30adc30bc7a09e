// Claims: items that say which item answers to an e-mail address, a phone number, a source row. A claim never moves
// once it is held, so what is known of one is known for good.

import type { Item } from '../../dynamodb/attribute.ts'
import { CREATED, HOLDER } from '../../dynamodb/bookkeeping.ts'
import { type ItemRef, itemId } from '../item-ref.ts'
import { Rejection } from '../rejection.ts'
import type { CallIo } from './call-io.ts'
import type { Recent } from './recent.ts'

export interface Held {
  readonly holder: string
  /** Text of the cursor of the record that made the claim. */
  readonly mark: string | undefined
}

export class Claims {
  readonly #io: CallIo
  readonly #known: Recent<Held>

  constructor(io: CallIo, known: Recent<Held>) {
    this.#io = io
    this.#known = known
  }

  /** Without asking: undefined is not known, whoever may hold it. */
  recall(claim: ItemRef): Held | undefined {
    return this.#known.get(itemId(claim))
  }

  /** Null when nobody holds it. */
  async find(claim: ItemRef): Promise<Held | null> {
    return this.recall(claim) ?? this.#keep(claim, heldOf(await this.#io.read(claim)))
  }

  /** Whoever holds it after this: the one it was asked for, unless somebody else came first. */
  async take(claim: ItemRef, held: Held): Promise<Held> {
    while ((await this.#io.insert(claim, claimItem(held))) === 'duplicate') {
      const known = this.#keep(claim, heldOf(await this.#io.read(claim)))
      if (known !== null) return known
    }
    return this.keep(claim, held)
  }

  keep(claim: ItemRef, held: Held): Held {
    this.#known.set(itemId(claim), held)
    return held
  }

  #keep(claim: ItemRef, held: Held | null): Held | null {
    return held === null ? null : this.keep(claim, held)
  }
}

export function claimItem({ holder, mark }: Held): Item {
  return { [HOLDER]: { S: holder }, ...(mark === undefined ? {} : { [CREATED]: { S: mark } }) }
}

function heldOf(item: Item | null): Held | null {
  if (item === null) return null
  const holder = item[HOLDER]?.S
  if (holder === undefined) throw new Rejection('an item of somebody else stands where one of its claims would go')
  return { holder, mark: item[CREATED]?.S }
}
