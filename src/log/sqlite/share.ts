// Divides a reader's partitions among its members: as evenly as can be, and moving as few as that takes.

export interface Sharer {
  readonly id: number
  readonly topicIds: ReadonlySet<number>
}

export interface Portion {
  readonly partitionId: number
  readonly topicId: number
  /** Who has it, or is to have it next; null when nobody does. */
  holder: number | null
}

/** Sets the holder of each portion; null where no member follows its topic. */
export function share(portions: readonly Portion[], sharers: readonly Sharer[]): void {
  const hands = sharers.map((sharer) => new Hand(sharer))
  const byId = new Map(hands.map((hand) => [hand.sharer.id, hand]))
  for (const portion of portions) {
    const hand = portion.holder === null ? undefined : byId.get(portion.holder)
    portion.holder = null
    if (hand?.follows(portion)) hand.take(portion)
  }
  for (const portion of portions) {
    if (portion.holder !== null) continue
    const eligible = hands.filter((hand) => hand.follows(portion))
    eligible
      .toSorted((a, b) => a.size - b.size || a.count(portion.topicId) - b.count(portion.topicId))[0]
      ?.take(portion)
  }
  while (levelOnce(hands)) {
    // Each round moves one portion from a fuller hand to an emptier one, so the rounds come to an end.
  }
}

function levelOnce(hands: readonly Hand[]): boolean {
  const bySize = hands.toSorted((a, b) => a.size - b.size)
  for (const poor of bySize) {
    for (const rich of bySize.toReversed()) {
      if (rich.size - poor.size < 2) break
      const moved = rich.spareFor(poor)
      if (moved === undefined) continue
      rich.give(moved)
      poor.take(moved)
      return true
    }
  }
  return false
}

class Hand {
  readonly sharer: Sharer
  readonly #held = new Map<number, Portion[]>()
  size = 0

  constructor(sharer: Sharer) {
    this.sharer = sharer
  }

  follows(portion: Portion): boolean {
    return this.sharer.topicIds.has(portion.topicId)
  }

  count(topicId: number): number {
    return this.#held.get(topicId)?.length ?? 0
  }

  take(portion: Portion): void {
    const held = this.#held.get(portion.topicId)
    if (held === undefined) this.#held.set(portion.topicId, [portion])
    else held.push(portion)
    portion.holder = this.sharer.id
    this.size++
  }

  give(portion: Portion): void {
    const held = this.#held.get(portion.topicId) ?? []
    held.splice(held.indexOf(portion), 1)
    this.size--
  }

  /** A portion of the topic of which this hand holds most more than the other does. */
  spareFor(other: Hand): Portion | undefined {
    const topics = [...this.#held.keys()].filter(
      (topicId) => other.sharer.topicIds.has(topicId) && this.count(topicId) > 0,
    )
    const surplus = (topicId: number) => this.count(topicId) - other.count(topicId)
    const topicId = topics.toSorted((a, b) => surplus(b) - surplus(a))[0]
    return topicId === undefined ? undefined : this.#held.get(topicId)?.at(-1)
  }
}
