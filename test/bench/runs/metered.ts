// A sink whose work a meter hears of, call by call.

import type { Sink } from '../../../src/sink/sink.ts'
import type { Meter } from '../meter.ts'

export function metered(sink: Sink, meter: Meter): Sink {
  let done = 0
  const told = <Result>(writes: readonly unknown[], result: Result): Result => {
    done += writes.length
    meter.done(done)
    return result
  }
  return {
    check: () => sink.check(),
    foresee: (writes, signal) => sink.foresee(writes, signal),
    items: (request, signal) => sink.items(request, signal),
    apply: async (writes, signal) => told(writes, await sink.apply(writes, signal)),
    compare: async (writes, by) => told(writes, await sink.compare(writes, by)),
    close: () => sink.close(),
  }
}
