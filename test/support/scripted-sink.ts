// A sink that remembers what it was given and answers as a test says; safe to repeat, as every sink is.

import type { Compared, ItemsPage, Outcome, PlacedWrite, Sink } from '../../src/sink/sink.ts'

export class ScriptedSink implements Sink {
  readonly applied: PlacedWrite[] = []
  readonly calls: number[] = []
  /** The answer to one write; applied when it is left out. */
  answer: (placed: PlacedWrite) => Outcome | undefined = () => undefined
  /** Awaited before each call is answered; may throw. */
  before: (writes: readonly PlacedWrite[]) => Promise<void> = async () => undefined

  async check(): Promise<readonly never[]> {
    return []
  }

  async apply(writes: readonly PlacedWrite[]): Promise<readonly Outcome[]> {
    await this.before(writes)
    this.calls.push(writes.length)
    const blocked = new Set<string>()
    return writes.map((placed): Outcome => {
      if (blocked.has(placed.lane)) return { did: 'rejected', reason: 'behind another' }
      const outcome = this.answer(placed) ?? { did: 'applied' }
      if (outcome.did === 'rejected') blocked.add(placed.lane)
      else this.applied.push(placed)
      return outcome
    })
  }

  async foresee(writes: readonly PlacedWrite[]): Promise<readonly Outcome[]> {
    return writes.map((placed) => this.answer(placed) ?? { did: 'applied' })
  }

  async compare(writes: readonly unknown[]): Promise<readonly Compared[]> {
    return writes.map(() => ({ differences: [], met: [] }))
  }

  async items(): Promise<ItemsPage> {
    return { items: [], next: null }
  }

  async close(): Promise<void> {
    return
  }
}
