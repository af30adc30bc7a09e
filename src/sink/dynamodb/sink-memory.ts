// What a sink remembers between calls: only what can never become untrue, or is put to the test where it is used, so
// that forgetting costs requests alone.

import type { Item } from '../../dynamodb/attribute.ts'
import type { Clash } from '../sink.ts'
import type { Held } from './claims.ts'
import { Recent } from './recent.ts'
import { Turns } from './turns.ts'

const ITEMS_MAX = 50_000

export class SinkMemory {
  /** Items that need no seed any more, by item and guard. */
  readonly seeded = new Recent<true>(ITEMS_MAX)
  /** Who holds which claim. */
  readonly claims = new Recent<Held>(ITEMS_MAX)
  /** What counter items held when they were last seen: a guess, which each add puts to the test. */
  readonly counters = new Recent<Item>(ITEMS_MAX)
  /** Those who add to the same item, in order: each guesses right then, unless another process adds too. */
  readonly counterTurns = new Turns()
  /** Those who are after the same claims, in order. */
  readonly claimTurns = new Turns()
  readonly #reported = new Recent<string>(ITEMS_MAX)

  /** Those of the clashes that were not reported for an earlier record; a repeat of a record reports them again. */
  unreported(clashes: readonly Clash[], mark: string): readonly Clash[] {
    return clashes.filter((clash) => {
      const id = [clash.table, clash.within, clash.claim, clash.holder, clash.claimant].join('\u0000')
      const first = this.#reported.get(id)
      if (first === undefined) this.#reported.set(id, mark)
      return first === undefined || first === mark
    })
  }
}
