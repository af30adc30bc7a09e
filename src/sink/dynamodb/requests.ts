// All requests of one sink: paced together, within the write budget, and tried again while that makes sense.

import type { Transport } from '../../dynamodb/transport.ts'
import { troubleOf } from '../../dynamodb/trouble.ts'
import { named } from './named.ts'
import type { Pace } from './pace.ts'
import { Patience } from './patience.ts'
import type { WriteBudget } from './write-budget.ts'

export interface Terms {
  /** Write units this will probably cost; zero for a read. */
  readonly units: number
  /** How many single writes it stands for when requests in flight are counted. */
  readonly weight: number
  readonly signal: AbortSignal
}

interface Consumed {
  readonly ConsumedCapacity?: Units | readonly Units[]
}

interface Units {
  readonly CapacityUnits?: number
}

export interface RequestsOptions {
  readonly transport: Transport
  readonly pace: Pace
  readonly budget: WriteBudget | null
  readonly onThrottled?: () => void
}

export class Requests {
  readonly #transport: Transport
  readonly #pace: Pace
  readonly #budget: WriteBudget | null
  readonly #onThrottled: () => void

  constructor({ transport, pace, budget, onThrottled = () => undefined }: RequestsOptions) {
    this.#transport = transport
    this.#pace = pace
    this.#budget = budget
    this.#onThrottled = onThrottled
  }

  /** Throws a ServiceError for what concerns this request alone, a MillraceError for everything else. */
  async call<Answer>(operation: string, input: object, terms: Terms): Promise<Answer> {
    const patience = new Patience()
    for (;;) {
      try {
        return await this.#once<Answer>(operation, input, terms)
      } catch (error) {
        terms.signal.throwIfAborted()
        const trouble = troubleOf(error)
        if (trouble === 'throttled') this.throttled()
        if (trouble !== 'throttled' && trouble !== 'unreachable' && trouble !== 'conflict') throw named(trouble, error)
        await patience.after(trouble, error, terms.signal)
      }
    }
  }

  /** Also for what is throttled within an answer. */
  throttled(): void {
    this.#pace.throttled()
    this.#onThrottled()
  }

  async #once<Answer>(operation: string, input: object, terms: Terms): Promise<Answer> {
    const { units, weight, signal } = terms
    const budget = units === 0 ? null : this.#budget
    await budget?.take(units, signal)
    await this.#pace.enter(weight, signal)
    try {
      const asked = budget === null ? input : { ...input, ReturnConsumedCapacity: 'TOTAL' }
      const answer = await this.#transport.call<Answer & Consumed>(operation, asked, signal)
      this.#pace.succeeded(weight)
      const consumed = consumedUnits(answer)
      if (consumed !== null) budget?.settle(consumed - units)
      return answer
    } finally {
      this.#pace.leave(weight)
    }
  }
}

function consumedUnits({ ConsumedCapacity: consumed }: Consumed): number | null {
  if (consumed === undefined) return null
  const parts = Array.isArray(consumed) ? consumed : [consumed]
  return parts.reduce((sum, part: Units) => sum + (part.CapacityUnits ?? 0), 0)
}
