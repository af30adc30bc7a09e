// A sink that tells when comments have arrived: when the target has acknowledged them, not when they were sent.

import type { Create, Write } from '../../core/write.ts'
import type { Outcome, PlacedWrite, Sink } from '../../sink/sink.ts'

export interface Arrival {
  /** The number of the comment in MySQL. */
  readonly idcomment: number
  readonly did: Outcome['did']
}

export function watchedSink(sink: Sink, onArrival: (arrival: Arrival) => void): Sink {
  return {
    check: () => sink.check(),
    foresee: (writes, signal) => sink.foresee(writes, signal),
    compare: (writes, by) => sink.compare(writes, by),
    items: (request, signal) => sink.items(request, signal),
    close: () => sink.close(),
    apply: async (writes, signal) => {
      const outcomes = await sink.apply(writes, signal)
      writes.forEach(({ write }: PlacedWrite, index) => {
        const outcome = outcomes[index]
        if (outcome !== undefined) for (const arrival of arrivals(write, outcome)) onArrival(arrival)
      })
      return outcomes
    },
  }
}

function arrivals(write: Write, outcome: Outcome): readonly Arrival[] {
  if (write.do === 'create') return arrival(write, outcome)
  if (write.do !== 'identify' || write.dependents === undefined) return []
  // Which customer it is does not matter here: only the numbers of the comments do.
  return write.dependents('anybody').flatMap((dependent, index) => {
    const its = outcome.dependents?.[index]
    return its === undefined ? [] : arrivals(dependent, its)
  })
}

function arrival({ fields }: Create, { did }: Outcome): readonly Arrival[] {
  const idcomment = Number(fields.original_review_id)
  return Number.isSafeInteger(idcomment) ? [{ idcomment, did }] : []
}
